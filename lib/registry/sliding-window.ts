import { BUDGET_MARGIN_MS } from "./limits.ts";

/** At most so many requests in any so long time: the `budget` of a registry. */
export class SlidingWindow {
  readonly #spanMs: number;
  readonly #taken: number[];
  #next = 0;

  constructor(budget: { readonly requests: number; readonly seconds: number }) {
    this.#spanMs = budget.seconds * 1000 + BUDGET_MARGIN_MS;
    this.#taken = Array.from({ length: budget.requests }, () => -Infinity);
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
