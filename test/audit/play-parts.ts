import type { AuditDocument } from "../../lib/audit/audit-document.ts";
import type { Coverage } from "../../lib/history/run-record.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { ToldEntry } from "../../lib/notification/channels/delivery-port.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { auditNightInCalls, type CallScript, type NightInCalls } from "./night-in-calls.ts";
import type { ReportShelf } from "./night.ts";

export interface Scene {
  readonly list: WatchList;
  readonly store: HistoryStore;
  readonly shelf: ReportShelf;
}

export type Script = CallScript;

export interface Played {
  readonly calls: number;
  readonly again: NightInCalls["again"];
  readonly told: readonly ToldEntry[];
  readonly concluded: {
    readonly document: AuditDocument;
    readonly coverage: readonly Coverage[];
    readonly warnings: readonly string[];
  };
}

/** A night in calls, and what its conclusion said. */
export async function playParts(n: number, { list, store, shelf }: Scene, script: Script = {}): Promise<Played> {
  const { calls, again, told, document, step } = await auditNightInCalls(list, store, n, { ...script, reports: shelf });
  return { calls, again, told, concluded: { document, coverage: step.coverage, warnings: step.warnings } };
}

export const toldOf = ({ told }: Pick<Played, "told">): string[] =>
  told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`).toSorted();
