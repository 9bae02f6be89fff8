/** Time and chance, from the door: nothing in the client reads a clock by itself. */
export interface Surroundings {
  /** In [0, 1). */
  readonly random: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Waits. It ends early (resolved or rejected) if the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Stops the run: requests under way end with `budget`. */
  readonly signal: AbortSignal;
}

/** The same for connections, which give up an answer that does not come. */
export interface ConnectionSurroundings extends Surroundings {
  /** Calls `ring` once after so many milliseconds, unless the function that it returns is called before. */
  readonly alarm: (milliseconds: number, ring: () => void) => () => void;
}
