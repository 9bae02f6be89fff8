import type { RunTexts } from "../../lib/history/dynamodb/run-texts.ts";
import type { RegistrySettings } from "../../lib/watchlist/watch-list.ts";

/** Beside those of runs: a budget of six hours does not ask whose run it is. */
const NAME = "asked";

/**
 * When hosts that have a budget were asked by other calls, by host: epoch milliseconds, in order. What is read from such a host is audited
 * by one call at a time, so that nothing is asked between this and {@link keepAsked}; but for a second one that signatures alone are read
 * from.
 */
export async function recallAsked(texts: RunTexts, settings: Iterable<RegistrySettings>): Promise<ReadonlyMap<string, readonly number[]>> {
  const limited = [...settings].filter(({ budget }) => budget !== null);
  const recalled = limited.map(async ({ host }): Promise<[string, readonly number[]]> => {
    const text = await texts.load(NAME, host);
    return [host, text === null ? [] : (JSON.parse(text) as number[])];
  });
  return new Map(await Promise.all(recalled));
}

/** Keeps it for the next call. */
export async function keepAsked(texts: RunTexts, taken: ReadonlyMap<string, readonly number[]>): Promise<void> {
  await Promise.all([...taken].map(([host, times]) => texts.save(NAME, host, JSON.stringify(times))));
}
