import { registryOf } from "../../oci/reference.ts";
import type { RunRecord } from "../../history/run-record.ts";
import { digestOf } from "../../oci/digest.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import type { AuditPorts } from "../audit-ports.ts";
import { openRun } from "../open-run.ts";
import { recallRuns } from "../recall-runs.ts";
import { recordWatchList } from "../record-watch-list.ts";
import { planWork } from "../release-night.ts";
import type { RunPlan } from "./part.ts";

/** The repositories of one registry, in the order in which they are audited. */
interface RegistryWork {
  readonly host: string;
  readonly repositories: readonly string[];
  /** How many of them at a time. */
  readonly concurrency: number;
}

interface PlannedRun {
  readonly record: RunRecord;
  readonly plan: RunPlan;
  readonly registries: readonly RegistryWork[];
}

/** Each audit has many requests under way itself. */
const REPOSITORIES_AT_A_TIME = 4;

/**
 * Opens the run of a scheduled time, or finds it again, and says what is to be audited: repositories that the last run did not see whole
 * come first. Nothing is planned for a run that is closed, or that a later one has taken over. `packed`: the watch list as all calls of the
 * run read it.
 */
export async function planParts(watchList: WatchList, packed: string, now: number, ports: Pick<AuditPorts, "store">): Promise<PlannedRun> {
  const record = await openRun(ports.store, { now, scheduled: true, partial: false });
  const run = await recallRuns(record, now, ports.store);
  const held = [...(await ports.store.heldChanges())];
  const recorded = await recordWatchList(watchList, run, ports.store);
  const names = planWork(watchList.repositories).map(({ name }) => name);
  const paced = findPaced(watchList);
  const missed = (name: string): number => {
    const last = run.lastCoverage(name);
    return last === null || (last.listed && last.unknown === 0) ? 1 : 0;
  };
  const ordered = record.status !== "open" ? [] : names.toSorted((left, right) => missed(left) - missed(right));
  const registries = [...Map.groupBy(ordered, (name) => paced.get(name) ?? registryOf(name))].map(([host, repositories]) => ({
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
 * How many of these repositories are audited at a time. A call keeps to the limits of a registry and knows nothing of others: where there
 * are some, one.
 */
export function concurrencyOf(repositories: readonly string[], watchList: Pick<WatchList, "registries" | "repositories">): number {
  const paced = findPaced(watchList);
  return repositories.some((name) => paced.has(name)) ? 1 : REPOSITORIES_AT_A_TIME;
}

/** The registry with a pool or a budget of its own that each repository is read from, its signatures included; those without are not in. */
function findPaced({ repositories, registries }: Pick<WatchList, "registries" | "repositories">): ReadonlyMap<string, string> {
  const isPaced = (host: string): boolean => {
    const { concurrency = null, budget = null } = registries.get(host) ?? {};
    return concurrency !== null || budget !== null;
  };
  return new Map(
    planWork(repositories).flatMap(({ name, entries }): [string, string][] => {
      const signatures = entries.flatMap(({ signatureRepository }) => signatureRepository?.registry ?? []);
      const paced = [registryOf(name), ...signatures].find(isPaced);
      return paced === undefined ? [] : [[name, paced]];
    }),
  );
}
