/** More than any registry's pool lets through at once, few enough for memory. */
const IN_FLIGHT = 64;

/** Maps in order of the input with a bounded number of calls under way. The first rejection rejects. */
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
