/**
 * Works on all inputs, on at most `width` at a time. After the first failure it begins no further input, waits for those that it has begun,
 * and throws the failure: so nothing is written once the caller has gone on.
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
