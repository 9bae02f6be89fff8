/**
 * Results of expensive pure functions, by an id of their input: at most `limit`, the longest unused one goes first, so that a run over
 * any number of signatures stays flat. Failures are not kept: an attacker could fill it with them.
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

  /** Keeps what is not null, and hands it back. */
  keep(id: string, result: T | null): T | null {
    if (result === null) return null;
    this.#results.set(id, result);
    if (this.#results.size > this.#limit) this.#results.delete(this.#results.keys().next().value!);
    return result;
  }
}
