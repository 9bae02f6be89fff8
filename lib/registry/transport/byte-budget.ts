/**
 * Lets only so many bytes be in memory at a time, for a whole process. Who wants more than is left waits in line. Nobody may wait for bytes
 * of the same budget while holding some, so whoever holds some ends, and the line moves on.
 */
export class ByteBudget {
  readonly #limit: number;
  readonly #line: { readonly bytes: number; readonly enter: () => void }[] = [];
  #taken = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Does work that holds at most so many bytes. More than there are in all count as all of them. */
  async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const held = Math.min(bytes, this.#limit);
    await this.#take(held);
    try {
      return await work();
    } finally {
      this.#taken -= held;
      this.#admit();
    }
  }

  #take(bytes: number): Promise<void> {
    return new Promise((enter) => {
      this.#line.push({ bytes, enter });
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#line[0]; next !== undefined && this.#taken + next.bytes <= this.#limit; next = this.#line[0]) {
      this.#line.shift();
      this.#taken += next.bytes;
      next.enter();
    }
  }
}
