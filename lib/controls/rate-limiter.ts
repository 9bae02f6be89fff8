/** A RateLimiter admits a number of requests per second, counted from the first of them. */
export class RateLimiter {
  #windowStart = -Infinity;
  #admitted = 0;

  /** Reports whether a request is admitted. `now` is in milliseconds of a monotonic clock. */
  admits(requestsPerSecond: number, now: number): boolean {
    if (now - this.#windowStart >= 1000) {
      this.#windowStart = now;
      this.#admitted = 0;
    }
    this.#admitted++;
    return this.#admitted <= requestsPerSecond;
  }
}
