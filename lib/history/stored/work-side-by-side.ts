/**
 * Works on all inputs with at most `width` under way. After the first failure no further one is begun, and it is thrown when those under
 * way have ended: nothing writes on behind the caller's back.
 */
export async function workSideBySide<Input>(inputs: Iterable<Input>, width: number, work: (input: Input) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const waiting = inputs[Symbol.iterator]();
  const takeTurns = async (): Promise<void> => {
    for (let next = waiting.next(); !next.done && failures.length === 0; next = waiting.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, takeTurns));
  if (failures.length > 0) throw failures[0];
}
