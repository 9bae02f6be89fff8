import { auditAgain, auditPart } from "../../lib/audit/parts/audit-part.ts";
import { concludeParts, type ConcludedRun } from "../../lib/audit/parts/conclude-parts.ts";
import { findLookAgain, type LookAgain } from "../../lib/audit/parts/look-again.ts";
import type { AgainPart, Part } from "../../lib/audit/parts/part.ts";
import { planParts } from "../../lib/audit/parts/plan-parts.ts";
import { planWork } from "../../lib/audit/release-night.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import type { RegistryClients } from "../../lib/registry/repository-client.ts";
import type { ToldEntry } from "../../lib/notification/channels/delivery-port.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { packWatchList } from "../../lib/watchlist/record/pack-watch-list.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { nightAt, openClients, type ReportShelf } from "./night.ts";

export interface Scene {
  readonly list: WatchList;
  readonly store: HistoryStore;
  readonly shelf: ReportShelf;
}

export interface Script {
  /** Each call ends after so many releases. */
  readonly judgedAtOnce?: number;
  /** Repositories whose audit fails each time. */
  readonly broken?: readonly string[];
  /** Repositories whose audit breaks off after its first call. */
  readonly cutOff?: readonly string[];
  /** Ends when everything is audited and nothing concluded. */
  readonly dies?: true;
  readonly beforeSecondLook?: () => void;
}

export interface Played {
  readonly calls: number;
  readonly again: readonly LookAgain[];
  readonly told: readonly ToldEntry[];
  readonly concluded: ConcludedRun;
}

/** A night as functions with a time limit work through it: plan, audit in parts, look again, conclude. */
export async function playParts(
  n: number,
  { list, store, shelf }: Scene,
  { judgedAtOnce = Infinity, broken = [], cutOff = [], dies, beforeSecondLook }: Script = {},
): Promise<Played> {
  const now = nightAt(n);
  const told: ToldEntry[] = [];
  const channel = { channel: list.channels[0]!, send: (entries: readonly ToldEntry[]) => Promise.resolve(void told.push(...entries)) };
  const shared = {
    store,
    trust: createTrustStore(new Map(), now),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  // Each call has connections of its own, as in a function.
  const call = async <T>(work: (clients: RegistryClients) => Promise<T>): Promise<T> => {
    const clients = openClients();
    try {
      return await work(clients);
    } finally {
      await clients.close();
    }
  };
  const { plan } = await planParts(list, packWatchList(list), now, shared);
  const request = { run: plan.run, now, clock: () => now };
  const parts: Part[] = [];
  let calls = 0;
  for (const item of planWork(list.repositories)) {
    if (broken.some((name) => item.name.endsWith(name))) continue;
    let part: Part | null = null;
    do {
      const controller = new AbortController();
      let judged = 0;
      const progress = ({ phase }: { phase: string }): void => {
        if (phase === "judging" && ++judged >= judgedAtOnce) controller.abort();
      };
      const before: Part | null = part;
      part = JSON.parse(
        JSON.stringify(
          await call((clients) => auditPart(item, list, request, { ...shared, clients, progress, signal: controller.signal }, before)),
        ),
      ) as Part;
      calls++;
    } while (!part.done && !cutOff.some((name) => item.name.endsWith(name)));
    parts.push(part);
  }
  if (dies) throw new Error("died before its conclusion");
  const again = await findLookAgain(list, parts, plan, store);
  beforeSecondLook?.();
  const read: AgainPart[] = [];
  for (const { repository, tags } of again)
    read.push(
      await call((clients) => {
        const item = planWork(list.repositories).find(({ name }) => name === repository)!;
        return auditAgain(item, list, request, { ...shared, clients }, tags);
      }),
    );
  const openFormer = () => Promise.resolve([]);
  const concluded = await concludeParts(
    list,
    { plan, parts, again: read, clock: () => now, sleep: () => new Promise((resolve) => setImmediate(resolve)) },
    { store, channels: [channel], openFormer, reports: shelf },
  );
  return { calls, again, told, concluded };
}

export const toldOf = ({ told }: Pick<Played, "told">): string[] =>
  told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`).toSorted();
