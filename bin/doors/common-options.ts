import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { HistoryStore } from "../../lib/history/store.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { parseTableAddress } from "./table-address.ts";

/** Options of every command. */
export interface CommonOptions {
  readonly config?: string;
  readonly history?: string;
  readonly now?: string;
}

/** Returns the absolute path of the watch list: the flag, then `SEALWATCH_CONFIG`, then ./sealwatch.yaml. */
export function watchListPath(options: CommonOptions): string {
  return resolve(options.config ?? environment("SEALWATCH_CONFIG") ?? "sealwatch.yaml");
}

/** Returns the path of the history or its `dynamodb://TABLE`: the flag, then `SEALWATCH_HISTORY`, then beside the watch list. */
export function historyPath(options: CommonOptions): string {
  const named = options.history ?? environment("SEALWATCH_HISTORY");
  if (named === undefined) return join(dirname(watchListPath(options)), ".sealwatch", "history.db");
  return parseTableAddress(named) === null ? resolve(named) : named;
}

/** Reports whether the flag or the environment names the history, so that no watch list is needed to find it. */
export function namesHistory(options: CommonOptions): boolean {
  return (options.history ?? environment("SEALWATCH_HISTORY")) !== undefined;
}

/** Reports whether the history is a file that no audit has begun yet. A missing table is only noticed when it is read. */
export function lacksHistory(options: CommonOptions): boolean {
  const path = historyPath(options);
  return parseTableAddress(path) === null && !existsSync(path);
}

/** Opens the history; the caller closes it. */
export async function openHistory(options: CommonOptions): Promise<HistoryStore> {
  const path = historyPath(options);
  const table = parseTableAddress(path);
  if (table !== null) {
    const { openTableHistory } = await import("./dynamodb-history.ts");
    return openTableHistory(table);
  }
  const { openSqliteHistory } = await import("../../lib/history/sqlite/store.ts");
  return openSqliteHistory(path);
}

/** Returns `--now` or the clock, in epoch milliseconds, and whether somebody named the time. */
export function readNow(options: CommonOptions): { now: number; scheduled: boolean } {
  if (options.now === undefined) return { now: Date.now(), scheduled: false };
  const now = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(options.now)
    ? Date.parse(options.now)
    : Number.NaN;
  if (Number.isNaN(now)) throw new SealwatchError("usage", `--now ${options.now}: not an ISO time; write 2026-11-20T02:00:00Z`);
  return { now, scheduled: true };
}

function environment(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === "" ? undefined : value;
}
