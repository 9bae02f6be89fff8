import type { RunRecord } from "../history/run-record.ts";
import type { HistoryStore } from "../history/store.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { RegistryClients } from "../registry/repository-client.ts";
import { expandPatterns } from "../watchlist/select/expand-patterns.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import type { RecalledRun } from "./audit-ports.ts";
import { expandWatchList } from "./expand-watch-list.ts";
import { openRun } from "./open-run.ts";
import type { RunPlan } from "./part.ts";
import { recallRuns } from "./recall-runs.ts";
import { formatWatchList, recordWatchList } from "./record-watch-list.ts";
import { planWork, type WorkItem } from "./release-night.ts";

export interface PlanRequest {
  /** The time that the run is for, epoch milliseconds. */
  readonly now: number;
  /** True if somebody named the time (`--now`, a schedule): the run is that time's and no other. */
  readonly scheduled: boolean;
  /** Reads the time of day of this machine, epoch milliseconds. */
  readonly wallClock: () => number;
  /** The names of the repositories to audit, or null for all of the watch list. */
  readonly only: readonly string[] | null;
  /** The repositories that an earlier start of this run planned. What patterns match is not asked again. */
  readonly planned?: readonly string[];
}

export interface PlannedRun {
  readonly record: RunRecord;
  readonly plan: RunPlan;
  readonly run: RecalledRun;
  /** The work of the run; empty if it is closed. */
  readonly items: readonly WorkItem[];
  /** With the repositories that its patterns match tonight. */
  readonly watchList: WatchList;
}

interface PlanPorts {
  readonly store: HistoryStore;
  /** Asked only if the watch list has patterns. */
  readonly clients: Pick<RegistryClients, "of" | "listRepositories">;
  /** Aborted if somebody ends the audit. */
  readonly signal?: AbortSignal;
}

/**
 * Plans a run (step 1 of the straight line): opens the run of a time or finds it again, records the watch list, and lists what is to be
 * audited. Throws SealwatchError `usage` if `only` names a repository that is not watched, or if the run of this time is over another part
 * of the watch list.
 */
export async function planRun(watchList: WatchList, request: PlanRequest, ports: PlanPorts): Promise<PlannedRun> {
  const { now, scheduled, only, wallClock } = request;
  const { store } = ports;
  demandWatched(watchList, only);
  const partial = only !== null;
  const record = await openRun(store, { now, scheduled, partial, wallClock });
  if (record.partial !== partial) {
    throw new SealwatchError(
      "usage",
      `audit: the run of ${record.id} is over ${record.partial ? "a part" : "all"} of the watch list; name another time with --now`,
    );
  }
  const run = await recallRuns(record, now, store);
  const common = { run: record.id, number: record.number, startedAt: record.startedAt, partial };
  // The process that closed it recorded what its watch list changed.
  if (record.status === "closed") {
    const repositories = chooseItems(watchList, only).map(({ name }) => name);
    const plan = {
      ...common,
      repositories,
      watchList: formatWatchList(watchList).digest,
      unlisted: [],
      gone: [],
      formerChannels: [],
      held: [],
    };
    return { record, plan, run, items: [], watchList };
  }
  const {
    watchList: expanded,
    unlisted,
    gone,
  } = request.planned
    ? { watchList: expandPatterns(watchList, request.planned), unlisted: [], gone: [] }
    : await expandWatchList(watchList, only, run, ports);
  const items = chooseItems(expanded, only);
  const recorded = await recordWatchList(expanded, run, store);
  const held = [...(await store.heldChanges())];
  const repositories = items.map(({ name }) => name);
  const plan = { ...common, repositories, unlisted, gone, watchList: recorded.digest, formerChannels: recorded.formerChannels, held };
  return { record, plan, run, items, watchList: expanded };
}

function chooseItems({ repositories }: WatchList, only: readonly string[] | null): WorkItem[] {
  const items = planWork(repositories);
  return only === null ? items : items.filter((item) => only.includes(item.name));
}

function demandWatched(watchList: WatchList, only: readonly string[] | null): void {
  const items = planWork(expandPatterns(watchList, only ?? []).repositories);
  const unknown = (only ?? []).filter((name) => !items.some((item) => item.name === name));
  if (unknown.length > 0) throw new SealwatchError("usage", `--repository: not on the watch list: ${unknown.join(", ")}`);
}
