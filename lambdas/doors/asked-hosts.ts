import type { RunTexts } from "../../lib/history/dynamodb/run-texts.ts";
import type { RegistrySettings } from "../../lib/watchlist/watch-list.ts";

/** It is kept for all runs, because a budget of six hours does not end with a run. */
const NAME = "asked";

/**
 * Returns when other calls asked the hosts that have a budget: epoch milliseconds, in order, by host. Usually only one call at a time asks
 * such a host, so nothing is asked between this and {@link keepAsked}. A second host, from which only signatures are read, is the
 * exception.
 */
export async function recallAsked(texts: RunTexts, settings: Iterable<RegistrySettings>): Promise<ReadonlyMap<string, readonly number[]>> {
  const limited = [...settings].filter(({ budget }) => budget !== null);
  const recalled = limited.map(async ({ host }): Promise<[string, readonly number[]]> => {
    const text = await texts.load(NAME, host);
    return [host, text === null ? [] : (JSON.parse(text) as number[])];
  });
  return new Map(await Promise.all(recalled));
}

/** Keeps the times for the next call. */
export async function keepAsked(texts: RunTexts, taken: ReadonlyMap<string, readonly number[]>): Promise<void> {
  await Promise.all([...taken].map(([host, times]) => texts.save(NAME, host, JSON.stringify(times))));
}
