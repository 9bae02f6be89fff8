import { CONCURRENCY_FIRST, CONCURRENCY_LIMIT } from "../limits.ts";

/**
 * Limits how many requests run at once against one host. The limit starts at 8, doubles up to 32 after each window of successes while
 * nothing is throttled, and halves if the host throttles. It never exceeds a cap from the watch list.
 */
export class Pool {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  /** Requests that were sent before, and throttled or failed. */
  readonly #again: (() => void)[] = [];
  #limit: number;
  #active = 0;
  #successes = 0;
  #throttled = false;
  /** Rises with each halving, so that answers to earlier requests do not halve the limit again. */
  #epoch = 0;

  constructor(cap: number | null) {
    this.#most = cap ?? CONCURRENCY_LIMIT;
    this.#limit = Math.min(CONCURRENCY_FIRST, this.#most);
  }

  /**
   * Waits for a turn. The returned epoch is passed to {@link leave}. A request that comes `again` goes before new ones: behind them it
   * would be throttled until it had no attempts left.
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

  /** Grows the limit. If the host throttled once, it grows by one at a time, so that the host is not overloaded again and again. */
  #grow(): void {
    if (++this.#successes < this.#limit) return;
    this.#successes = 0;
    this.#limit = Math.min(this.#most, this.#throttled ? this.#limit + 1 : this.#limit * 2);
  }
}
