import { registryOf } from "../oci/reference.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import type { PlannedRun } from "./plan-run.ts";
import { planWork } from "./release-night.ts";

/** The repositories of one registry, in the order in which they are audited. */
interface RegistryWork {
  readonly host: string;
  readonly repositories: readonly string[];
  /** How many of them are audited at a time. */
  readonly concurrency: number;
}

/** Each audit has many requests under way. */
const REPOSITORIES_AT_A_TIME = 4;

/**
 * Groups the work of a run by registry, for calls that know nothing of each other. Repositories that the last run did not see completely
 * come first. If a later run has taken over what this run saw, there is nothing to do.
 */
export function groupWork({ record, run, items }: PlannedRun, watchList: WatchList): RegistryWork[] {
  if (record.status !== "open") return [];
  const paced = findPaced(watchList);
  const missed = (name: string): number => {
    const last = run.lastCoverage(name);
    return last === null || (last.listed && last.unknown === 0 && last.emptied !== true) ? 1 : 0;
  };
  const ordered = items.map(({ name }) => name).toSorted((left, right) => missed(left) - missed(right));
  return [...Map.groupBy(ordered, (name) => paced.get(name) ?? registryOf(name))].map(([host, repositories]) => ({
    host,
    repositories,
    concurrency: concurrencyOf(repositories, watchList),
  }));
}

/** Returns how many of these repositories are audited at a time. Calls do not share limits, so one call asks a limited registry. */
export function concurrencyOf(repositories: readonly string[], watchList: Pick<WatchList, "registries" | "repositories">): number {
  const paced = findPaced(watchList);
  return repositories.some((name) => paced.has(name)) ? 1 : REPOSITORIES_AT_A_TIME;
}

/** Finds the registry with a pool or budget of its own that each repository, or its signatures, is read from, if there is one. */
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
