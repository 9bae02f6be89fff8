/** More than the pool of any registry lets through at once, and few enough for memory. */
const IN_FLIGHT = 64;

/** Maps inputs in their order, with a bounded number of calls under way. Rejects with the first rejection. */
export async function mapConcurrently<Input, Output>(inputs: readonly Input[], map: (input: Input) => Promise<Output>): Promise<Output[]> {
  const outputs = Array.from<Output>({ length: inputs.length });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < inputs.length) {
      const at = next++;
      outputs[at] = await map(inputs[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, inputs.length) }, work));
  return outputs;
}
