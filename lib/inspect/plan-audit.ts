import type { RegistryClients } from "../registry/repository-client.ts";
import { expandPatterns } from "../watchlist/select/expand-patterns.ts";
import { selectReleases } from "../watchlist/select/select-releases.ts";
import type { WatchedRepository, WatchList } from "../watchlist/watch-list.ts";
import type { PlanDocument, PlannedRepositoryDocument } from "../audit/audit-document.ts";
import { explainNothing } from "../audit/compare/watched-releases.ts";
import { mapConcurrently } from "../audit/map-concurrently.ts";
import { newestTags } from "../audit/list/recheck.ts";
import { listPatterns, type ListedPattern } from "../audit/list/list-patterns.ts";
import { planWork, type WorkItem } from "../audit/release-night.ts";

/** The tag and its recorded place, for a signed release on an unchanged night. */
const REQUESTS_A_RELEASE = 2;
/** The tag, its places and the signature. */
const REQUESTS_ANEW = 4;
/** The list of tags. */
const REQUESTS_A_REPOSITORY = 1;

/**
 * Shows what an audit would look at: logins, the repositories that patterns match, tags, releases, and what is left out and why. It asks
 * for lists only.
 */
export async function planAudit(watchList: WatchList, clients: RegistryClients): Promise<PlanDocument> {
  const listed = await listPatterns(watchList.patterns, new Map(), clients);
  const { repositories: watched } = expandPatterns(
    watchList,
    listed.flatMap(({ names }) => names),
  );
  const repositories = (await mapConcurrently(planWork(watched), (item) => planRepository(item, clients))).flat();
  return {
    patterns: listed.map(formatPattern),
    repositories,
    requests: repositories.reduce((sum, planned) => sum + planned.requests, 0),
    registries: clients.traffic(),
  };
}

function formatPattern({ pattern, names, failure }: ListedPattern): PlanDocument["patterns"][number] {
  const refused = failure?.code === "unauthorized" || failure?.code === "forbidden";
  return {
    pattern: pattern.name,
    repositories: names.length,
    login: refused ? "refused" : failure === null ? "accepted" : "failed",
    failure: failure?.detail ?? null,
  };
}

async function planRepository(item: WorkItem, clients: RegistryClients): Promise<PlannedRepositoryDocument[]> {
  const client = clients.of(item.entries[0].repository);
  const list = await client.listTags();
  const malformed = list.malformed ?? 0;
  const code = list.failure?.code;
  const refused = code === "unauthorized" || code === "forbidden";
  const login = {
    answer: refused ? "refused" : list.tags.size > 0 || list.complete ? "accepted" : "failed",
    detail: list.failure?.detail ?? `read ${client.describeReader()}`,
  } as const;
  return item.entries.map((watched, at) => {
    const selection = selectReleases(list.tags, watched);
    const taken = limitToNewest(selection.releases, watched.tags.newest);
    const dropped = selection.releases.length - taken.length;
    const leftOut = {
      ...selection.leftOut,
      ...(malformed > 0 && { "malformed-tag": malformed }),
      ...(dropped > 0 && { "not-newest": dropped }),
    };
    return {
      repository: item.name,
      policy: watched.policy.name,
      owner: watched.owner,
      login,
      tags: list.complete || list.tags.size > 0 ? list.tags.size + malformed : null,
      releases: taken.map(({ tag, kind }) => ({ tag, kind })),
      leftOut,
      nothingWatched: list.complete && taken.length === 0 ? explainNothing(list.tags.size + malformed, leftOut) : null,
      failure: list.failure?.detail ?? null,
      requests: (at === 0 ? list.pages * REQUESTS_A_REPOSITORY : 0) + countRequests(watched, taken),
    };
  });
}

/** Counts the requests of an unchanged night: every release, or if they take turns, the newest, those whose turn it is, and moving tags. */
function countRequests({ recheck }: WatchedRepository, taken: readonly { readonly tag: string; readonly kind: string }[]): number {
  if (recheck.kind === "nightly") return taken.length * REQUESTS_A_RELEASE;
  const versions = taken.filter(({ kind }) => kind === "version").map(({ tag }) => tag);
  const newest = newestTags(versions).size;
  return (newest + Math.ceil((versions.length - newest) / recheck.nights)) * REQUESTS_ANEW + taken.length - versions.length;
}

/** Takes the first version tags, up to `newest`, and all moving tags. Nothing is resolved. */
function limitToNewest<Release extends { readonly kind: string }>(releases: readonly Release[], newest: number | null): Release[] {
  if (newest === null) return [...releases];
  let versions = 0;
  return releases.filter((release) => release.kind !== "version" || ++versions <= newest);
}
