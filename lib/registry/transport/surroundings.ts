/** Time and chance, given by the door: nothing here reads a clock by itself. */
export interface Surroundings {
  /** In [0, 1). */
  readonly random: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Waits; ends early (resolved or rejected) when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Stops the run: requests under way end as `budget`. */
  readonly signal: AbortSignal;
}
