/** Admits so many requests in each second, counted from the first of them. */
export class RateLimiter {
  #windowStart = -Infinity;
  #admitted = 0;

  /** `now` in milliseconds of a clock that never goes back. */
  admits(requestsPerSecond: number, now: number): boolean {
    if (now - this.#windowStart >= 1000) {
      this.#windowStart = now;
      this.#admitted = 0;
    }
    this.#admitted++;
    return this.#admitted <= requestsPerSecond;
  }
}
