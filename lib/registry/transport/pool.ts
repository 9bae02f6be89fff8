import { CONCURRENCY_FIRST, CONCURRENCY_LIMIT } from "../limits.ts";

/**
 * How many requests run at once against one host: starts at 8, doubles up to 32 after each window of successes
 * while nothing throttles, halves where the host throttles. A cap from the watch list is never passed.
 */
export class Pool {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  /** Sent before, and throttled or failed then. */
  readonly #again: (() => void)[] = [];
  #limit: number;
  #active = 0;
  #successes = 0;
  #throttled = false;
  /** Rises with each halving: answers to requests from before it do not halve again. */
  #epoch = 0;

  constructor(cap: number | null) {
    this.#most = cap ?? CONCURRENCY_LIMIT;
    this.#limit = Math.min(CONCURRENCY_FIRST, this.#most);
  }

  /**
   * Waits for a place; the returned epoch goes back to {@link leave}. Who comes `again` is served before those who come first: behind all of
   * them it would be throttled again and again, until it has no attempts left.
   */
  async enter(again = false): Promise<number> {
    if (this.#active < this.#limit) this.#active++;
    else await new Promise<void>((resolve) => (again ? this.#again : this.#waiting).push(resolve));
    return this.#epoch;
  }

  leave(outcome: "answered" | "throttled" | "failed", epoch: number): void {
    this.#active--;
    if (outcome === "throttled" && epoch === this.#epoch) {
      this.#epoch++;
      this.#throttled = true;
      this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    }
    if (outcome === "answered") this.#grow();
    else this.#successes = 0;
    while (this.#active < this.#limit) {
      const next = this.#again.shift() ?? this.#waiting.shift();
      if (next === undefined) return;
      this.#active++;
      next();
    }
  }

  /** A host that throttled once gets one more at a time, so that it is not driven into its limit again and again. */
  #grow(): void {
    if (++this.#successes < this.#limit) return;
    this.#successes = 0;
    this.#limit = Math.min(this.#most, this.#throttled ? this.#limit + 1 : this.#limit * 2);
  }
}
