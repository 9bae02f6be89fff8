/** How a state was left: what a redrive needs, so that it does not enter the state again. */
export interface StateExit {
  readonly output: unknown;
  readonly assigned: Readonly<Record<string, unknown>>;
  /** Null at the end of its block. */
  readonly next: string | null;
}

/**
 * What of an execution succeeded, under paths like `/Registries#1[0]/Repositories#1[12]/Audit#1`: state, visit, iteration.
 * A second run with the same journal is a redrive: it enters only what is not in here.
 */
export class ExecutionJournal {
  readonly #exits = new Map<string, StateExit>();
  readonly #items = new Map<string, readonly unknown[]>();

  recallExit(path: string): StateExit | undefined {
    return this.#exits.get(path);
  }

  recordExit(path: string, exit: StateExit): void {
    this.#exits.set(path, exit);
  }

  /** The items of a map that was begun: a redrive reads none anew. */
  recallItems(path: string): readonly unknown[] | undefined {
    return this.#items.get(path);
  }

  recordItems(path: string, items: readonly unknown[]): void {
    this.#items.set(path, items);
  }

  /** An Express child has no history to go on from: it starts anew. */
  forgetUnder(path: string): void {
    for (const map of [this.#exits, this.#items]) for (const key of map.keys()) if (key.startsWith(`${path}/`)) map.delete(key);
  }
}
