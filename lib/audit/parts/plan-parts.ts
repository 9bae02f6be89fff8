import { registryOf } from "../../oci/reference.ts";
import type { RunRecord } from "../../history/state.ts";
import { digestOf } from "../../oci/digest.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import type { AuditPorts } from "../audit-ports.ts";
import { openRun } from "../open-run.ts";
import { recallRuns } from "../recall-runs.ts";
import { recordWatchList } from "../record-watch-list.ts";
import { planWork } from "../repository-audit.ts";
import type { RunPlan } from "./part.ts";

/** The repositories of one registry, in the order in which they are audited. */
export interface RegistryWork {
  readonly host: string;
  readonly repositories: readonly string[];
  /** How many of them at a time. */
  readonly concurrency: number;
}

export interface PlannedRun {
  readonly record: RunRecord;
  readonly plan: RunPlan;
  readonly registries: readonly RegistryWork[];
}

/** Each audit has many requests under way itself. */
const REPOSITORIES_AT_A_TIME = 4;

/**
 * Opens the run of a scheduled time, or finds it again, and says what is to be audited: repositories that the last run did not see whole
 * come first. Nothing is planned for a run that is closed, or that a later one has taken over. `packed`: the watch list as all calls of the run read it.
 */
export async function planParts(watchList: WatchList, packed: string, now: number, ports: Pick<AuditPorts, "store">): Promise<PlannedRun> {
  const record = await openRun(ports.store, { now, scheduled: true, partial: false });
  const run = await recallRuns(record, now, ports.store);
  const held = [...(await ports.store.heldChanges())];
  const recorded = await recordWatchList(watchList, run, ports.store);
  const names = planWork(watchList.repositories).map(({ name }) => name);
  const missed = (name: string): number => {
    const last = run.lastCoverage(name);
    return last === null || (last.listed && last.unknown === 0) ? 1 : 0;
  };
  const ordered = record.status !== "open" ? [] : names.toSorted((left, right) => missed(left) - missed(right));
  const registries = [...Map.groupBy(ordered, registryOf)].map(([host, repositories]) => ({
    host,
    repositories,
    concurrency: concurrencyOf(repositories, watchList),
  }));
  const { digest, formerChannels } = recorded;
  const text = new TextEncoder().encode(packed);
  const packedDigest = digestOf(text);
  await ports.store.saveEvidence(new Map([[packedDigest, text]]));
  const plan = {
    run: record.id,
    startedAt: record.startedAt,
    repositories: names,
    watchList: digest,
    packed: packedDigest,
    formerChannels,
    held,
  };
  return { record, plan, registries };
}

/**
 * How many repositories of these registries are audited at a time. A call keeps to the limits of a registry and knows nothing of others:
 * where there are some, one.
 */
export function concurrencyOf(repositories: readonly string[], { registries }: Pick<WatchList, "registries">): number {
  const settings = repositories.flatMap((name) => registries.get(registryOf(name)) ?? []);
  return settings.some(({ concurrency, budget }) => concurrency !== null || budget !== null) ? 1 : REPOSITORIES_AT_A_TIME;
}
