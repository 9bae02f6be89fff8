import { BUDGET_MARGIN_MS } from "../limits.ts";

/** Allows a number of requests in any span of a given length: the `budget` of a registry. */
export class SlidingWindow {
  readonly #spanMs: number;
  readonly #taken: number[];
  #next = 0;

  /** `taken` says when earlier requests were sent, in epoch milliseconds, oldest first. */
  constructor(budget: { readonly requests: number; readonly seconds: number }, taken: readonly number[] = []) {
    this.#spanMs = budget.seconds * 1000 + BUDGET_MARGIN_MS;
    const free = Math.max(0, budget.requests - taken.length);
    this.#taken = [...Array.from({ length: free }, () => -Infinity), ...taken.slice(-budget.requests)];
  }

  /** When the requests in the window were sent, oldest first. */
  get taken(): readonly number[] {
    return [...this.#taken.slice(this.#next), ...this.#taken.slice(0, this.#next)].filter(Number.isFinite);
  }

  /** Takes the next turn, and returns how long to wait for it. Returns null, and takes nothing, if that is longer than `mostMs`. */
  take(now: number, mostMs: number): number | null {
    const at = Math.max(now, this.#taken[this.#next]! + this.#spanMs);
    if (at - now > mostMs) return null;
    this.#taken[this.#next] = at;
    this.#next = (this.#next + 1) % this.#taken.length;
    return at - now;
  }
}
