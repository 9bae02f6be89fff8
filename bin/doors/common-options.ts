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

/** The watch list's path: flag, then `SEALWATCH_CONFIG`, then ./sealwatch.yaml. Absolute. */
export function watchListPath(options: CommonOptions): string {
  return resolve(options.config ?? environment("SEALWATCH_CONFIG") ?? "sealwatch.yaml");
}

/** Where the history is, a path or `dynamodb://TABLE`: flag, then `SEALWATCH_HISTORY`, then beside the watch list. */
export function historyPath(options: CommonOptions): string {
  const named = options.history ?? environment("SEALWATCH_HISTORY");
  if (named === undefined) return join(dirname(watchListPath(options)), ".sealwatch", "history.db");
  return parseTableAddress(named) === null ? resolve(named) : named;
}

/** True where flag or environment name the history, so that no watch list is needed to find it. */
export function namesHistory(options: CommonOptions): boolean {
  return (options.history ?? environment("SEALWATCH_HISTORY")) !== undefined;
}

/** True where the history is a file that no audit has begun yet. Whether a table is there shows when it is read. */
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

/** `--now` or the clock, in epoch milliseconds, and whether somebody named it. */
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
