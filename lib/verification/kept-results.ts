/**
 * Keeps results of expensive pure functions by an id of their input, at most `limit`: the one that was unused for the longest goes first,
 * so that memory stays flat in a run over any number of signatures. Failures are not kept, because an attacker could fill it with them.
 */
export class KeptResults<T> {
  readonly #results = new Map<string, T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(id: string): T | undefined {
    const result = this.#results.get(id);
    if (result === undefined) return undefined;
    this.#results.delete(id);
    this.#results.set(id, result);
    return result;
  }

  /** Keeps a value that is not null, and returns it. */
  keep(id: string, result: T | null): T | null {
    if (result === null) return null;
    this.#results.set(id, result);
    if (this.#results.size > this.#limit) this.#results.delete(this.#results.keys().next().value!);
    return result;
  }
}
