/** What one repository may cost in a run. */
export interface RepositoryBudget {
  readonly requests: number;
  readonly milliseconds: number;
}

/**
 * Counts what a repository costs against its budget (architecture section 6), so that an endless or slow repository leaves the night to the
 * others. Without bounds nothing is ever spent.
 */
export class RequestBudget {
  readonly #now: () => number;
  #bounds: RepositoryBudget | null = null;
  #since = 0;
  #requests = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets the bounds and starts the clock. The first bounds stay: a repository with releases and signatures has one budget. */
  limit(bounds: RepositoryBudget): void {
    if (this.#bounds !== null) return;
    this.#bounds = bounds;
    this.#since = this.#now();
  }

  count(requests: number): void {
    this.#requests += requests;
  }

  /** Returns the spent share of time or of requests, whichever is larger. From 1 on nothing is left. */
  spent(): number {
    if (this.#bounds === null) return 0;
    const { requests, milliseconds } = this.#bounds;
    return Math.max(this.#requests / requests, (this.#now() - this.#since) / milliseconds);
  }

  /** Describes the budget, for the failure of a refused request. */
  describe(): string {
    const { requests = 0, milliseconds = 0 } = this.#bounds ?? {};
    return `the repository's budget for this run is used up (${requests} requests, ${milliseconds / 60_000} minutes)`;
  }
}
