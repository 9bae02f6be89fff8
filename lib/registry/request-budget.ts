import { REPOSITORY_LIMIT_BYTES } from "./limits.ts";

/** What one repository may cost in a run. */
export interface RepositoryBudget {
  readonly requests: number;
  readonly milliseconds: number;
  /** Bytes of answers. {@link REPOSITORY_LIMIT_BYTES} if absent. */
  readonly bytes?: number;
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
  #bytes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets the bounds and starts the clock. The first bounds stay: a repository with releases and signatures has one budget. */
  limit(bounds: RepositoryBudget): void {
    if (this.#bounds !== null) return;
    this.#bounds = bounds;
    this.#since = this.#now();
  }

  count(requests: number, bytes = 0): void {
    this.#requests += requests;
    this.#bytes += bytes;
  }

  /** Returns the spent share of time, of requests or of bytes, whichever is largest. From 1 on nothing is left. */
  spent(): number {
    if (this.#bounds === null) return 0;
    const { requests, milliseconds, bytes = REPOSITORY_LIMIT_BYTES } = this.#bounds;
    const share = (part: number, all: number): number => (all > 0 ? part / all : 1);
    return Math.max(share(this.#requests, requests), share(this.#bytes, bytes), share(this.#now() - this.#since, milliseconds));
  }

  /** Describes the budget, for the failure of a refused request. */
  describe(): string {
    const { requests = 0, milliseconds = 0, bytes = REPOSITORY_LIMIT_BYTES } = this.#bounds ?? {};
    const gigabytes = Number((bytes / 1024 ** 3).toPrecision(2));
    return `the repository's budget for this run is used up (${requests} requests, ${milliseconds / 60_000} minutes, ${gigabytes} GiB)`;
  }
}
