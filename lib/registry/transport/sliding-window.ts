import { BUDGET_MARGIN_MS } from "../limits.ts";

/** At most so many requests in any so long time: the `budget` of a registry. */
export class SlidingWindow {
  readonly #spanMs: number;
  readonly #taken: number[];
  #next = 0;

  /** `taken`: when places were taken before, epoch milliseconds, in order. */
  constructor(budget: { readonly requests: number; readonly seconds: number }, taken: readonly number[] = []) {
    this.#spanMs = budget.seconds * 1000 + BUDGET_MARGIN_MS;
    const free = Math.max(0, budget.requests - taken.length);
    this.#taken = [...Array.from({ length: free }, () => -Infinity), ...taken.slice(-budget.requests)];
  }

  /** When its places were taken, in order. */
  get taken(): readonly number[] {
    return [...this.#taken.slice(this.#next), ...this.#taken.slice(0, this.#next)].filter(Number.isFinite);
  }

  /** Takes the next place and returns how long to wait for it (0: none); null, and nothing taken, past `mostMs`. */
  take(now: number, mostMs: number): number | null {
    const at = Math.max(now, this.#taken[this.#next]! + this.#spanMs);
    if (at - now > mostMs) return null;
    this.#taken[this.#next] = at;
    this.#next = (this.#next + 1) % this.#taken.length;
    return at - now;
  }
}
