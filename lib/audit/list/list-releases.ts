import type { TagState } from "../../history/state.ts";
import type { Failure } from "../../registry/answer.ts";
import type { RepositoryClient, TagList } from "../../registry/repository-client.ts";
import { selectReleases, type SelectedRelease } from "../../watchlist/select/select-releases.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import { mapConcurrently } from "../map-concurrently.ts";
import { findCache, missingInCache } from "../judge/missing-in-cache.ts";
import { NEWEST_IN_FULL, newestTags } from "./recheck.ts";
import { resolveReleases, type ListedRelease, type ResolvedEarlier } from "./resolve-releases.ts";
import { resolveKnownTag } from "./resolve-tag.ts";
import { admitWaiting, type WaitingLine } from "./waiting-line.ts";
import type { Rota } from "./resting.ts";

export interface Listing {
  readonly list: TagList;
  /** `incomplete`: some pages were read, then one failed. `failed`: no page was read. */
  readonly outcome: "complete" | "incomplete" | "failed";
  readonly releases: readonly ListedRelease[];
  /** Known releases of which the registry itself says that they are gone. */
  readonly removed: readonly string[];
  /** Known releases that are there, whether the list names them or not. */
  readonly present: ReadonlySet<string>;
  readonly leftOut: Readonly<Record<string, number>>;
  /** New tags that are left to the next night. */
  readonly waiting: readonly string[];
}

/** How much of a repository is looked at tonight. */
export interface ListingPlan {
  /** `newest`: the repository's highest version tags, which never rest. */
  rota(watched: WatchedRepository, list: TagList, newest: ReadonlySet<string>): Rota;
  /** Whether it is the turn of a release to be asked in full. Then its tag is asked itself, and not by HEAD, which some caches answer late. */
  isDueInFull(tag: string, list: TagList): boolean;
  /** The most new tags that are taken in. */
  readonly newTags: number;
  /** The new tags that earlier nights left. */
  readonly line: WaitingLine;
  /** Absent unless this continues an audit. */
  readonly earlier?: ResolvedEarlier;
}

/**
 * Lists the tags, selects the releases of each entry of the watch list, and resolves them (steps 2 and 3 of the straight line). If a
 * complete list does not name a known release, the release is asked for before it counts as removed. If an incomplete list does not name
 * it, it is unknown.
 */
export async function listReleases(
  client: RepositoryClient,
  entries: readonly WatchedRepository[],
  known: ReadonlyMap<string, TagState>,
  plan: ListingPlan,
): Promise<Listing> {
  const list = await client.listTags();
  const outcome = list.complete ? "complete" : list.tags.size > 0 ? "incomplete" : "failed";
  const remembered = [...known.values()].filter((state) => state.removedSince === null).map((state) => state.tag);
  const releases: ListedRelease[] = [];
  const removed: string[] = [];
  const selections = entries.map((watched) => {
    const { releases: selected, leftOut: without } = selectReleases(list.tags, watched);
    return { watched, selected, without };
  });
  const leftOut = countLeftOut(list, selections);
  const newest = newestTags(selections.flatMap(({ selected }) => selected.slice(0, NEWEST_IN_FULL)).flatMap(versionOf));
  const { earlier = new Map() } = plan;
  const fresh = new Set(selections.flatMap(({ selected }) => selected.flatMap(({ tag }) => (known.has(tag) ? [] : tag))));
  const admitted = admitWaiting([...fresh], plan.line, plan.newTags);
  const waiting: string[] = [];

  for (const { watched, selected } of selections) {
    const resolved = await resolveReleases(selected, {
      client,
      list,
      watched,
      known,
      rota: plan.rota(watched, list, newest),
      isDueInFull: (tag) => known.has(tag) && plan.isDueInFull(tag, list),
      admits: (tag) => known.has(tag) || admitted.has(tag),
      earlier,
    });
    releases.push(...resolved.releases);
    for (const tag of resolved.waiting) waiting.push(tag);
    if (resolved.notNewest > 0) leftOut["not-newest"] = (leftOut["not-newest"] ?? 0) + resolved.notNewest;

    const missing = selectReleases(
      remembered.filter((tag) => !list.tags.has(tag)),
      watched,
    ).releases;
    for (const answer of await mapConcurrently(missing, (release) =>
      resolveMissing(client, list, release, watched, known.get(release.tag)),
    )) {
      if (typeof answer === "string") removed.push(answer);
      else releases.push(answer);
    }
  }
  const present = new Set([...remembered.filter((tag) => list.tags.has(tag)), ...releases.map((release) => release.tag)]);
  return { list, outcome, releases, removed, present, leftOut, waiting };
}

/** Versions come first in a selection, the highest before all others. */
function versionOf({ tag, kind }: SelectedRelease): string[] {
  return kind === "version" ? [tag] : [];
}

/** What one entry of the watch list takes of a list, and why not the rest. */
interface Selection {
  readonly watched: WatchedRepository;
  readonly selected: readonly SelectedRelease[];
  readonly without: Readonly<Record<string, number>>;
}

/** Counts the tags that no entry takes, by the reasons of the first entry. A tag that this one leaves out may be a release of another. */
function countLeftOut(list: TagList, [first, ...others]: readonly Selection[]): Record<string, number> {
  if (first === undefined) return {};
  const malformed = list.malformed === undefined ? {} : { "malformed-tag": list.malformed };
  const elsewhere = new Set(others.flatMap(({ selected }) => selected.map(({ tag }) => tag)));
  if (elsewhere.size === 0) return { ...first.without, ...malformed };
  const tags = [...list.tags].filter((tag) => !elsewhere.has(tag));
  return { ...selectReleases(tags, first.watched).leftOut, ...malformed };
}

async function resolveMissing(
  client: RepositoryClient,
  list: TagList,
  { tag, kind }: SelectedRelease,
  watched: WatchedRepository,
  state: TagState | undefined,
): Promise<ListedRelease | string> {
  if (!list.complete) {
    const failure: Failure = list.failure ?? { code: "page-missing", detail: "the tag list is not complete", status: null, attempts: 1 };
    return { tag, kind, watched, resolution: { kind: "failed", failure }, resting: null };
  }
  const answer = await resolveKnownTag(client, tag, state, { listed: false });
  const cache = answer.kind === "absent" ? await findCache([client]) : null;
  if (answer.kind === "absent" && cache === null) return tag;
  if (answer.kind !== "found") {
    const failure = answer.kind === "failed" ? answer.failure : missingInCache(client.repository.name);
    return { tag, kind, watched, resolution: { kind: "failed", failure }, resting: null };
  }
  return { tag, kind, watched, resolution: { kind: "resolved", ...answer.value }, resting: null };
}
