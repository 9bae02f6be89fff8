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

/** The same for connections, which give up an answer that does not come. */
export interface ConnectionSurroundings extends Surroundings {
  /** Rings once after so many milliseconds, unless it is called off by the function that it answers with. */
  readonly alarm: (milliseconds: number, ring: () => void) => () => void;
}
