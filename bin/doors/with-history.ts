import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { HistoryReader, HistoryStore } from "../../lib/history/store.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { historyPath, lacksHistory, namesHistory, openHistory, watchListPath, type CommonOptions } from "./common-options.ts";
import { parseTableAddress } from "./table-address.ts";
import { missingWatchList } from "./watch-list.ts";

/** Reads the history and closes it, also where it must not be written. `work` gets null if no audit has begun a history yet. */
export async function readHistory(options: CommonOptions, work: (store: HistoryStore | null) => Promise<number>): Promise<number> {
  const path = historyPath(options);
  if (parseTableAddress(path) !== null || lacksHistory(options) || isWritable(path)) return withHistory(options, work);
  const { openSqliteHistoryForReading } = await import("../../lib/history/sqlite/store.ts");
  const store = openSqliteHistoryForReading(path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Works on the history and closes it. `work` gets null if no audit has begun a history yet. */
export async function withHistory(options: CommonOptions, work: (store: HistoryStore | null) => Promise<number>): Promise<number> {
  if (lacksHistory(options)) {
    if (!namesHistory(options) && !existsSync(watchListPath(options))) throw missingWatchList(options, watchListPath(options));
    const path = historyPath(options);
    if (namesHistory(options)) throw new SealwatchError("history", `open the history: ${path} does not exist; sealwatch audit begins one`);
    return work(null);
  }
  const store = await openHistory(options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Opens the history for reading; the caller closes it. Throws SealwatchError `history` if no audit has begun one. */
export async function openHistoryForReading(options: CommonOptions): Promise<HistoryReader & Pick<HistoryStore, "close">> {
  const path = historyPath(options);
  if (lacksHistory(options)) throw new SealwatchError("history", `open the history: ${path} does not exist; sealwatch audit begins one`);
  if (parseTableAddress(path) !== null) return openHistory(options);
  const { openSqliteHistoryForReading } = await import("../../lib/history/sqlite/store.ts");
  return openSqliteHistoryForReading(path);
}

/** SQLite keeps files beside its own while it reads. */
function isWritable(path: string): boolean {
  try {
    for (const place of [path, dirname(path)]) accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
