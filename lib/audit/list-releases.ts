import type { Digest } from "../oci/digest.ts";
import type { TagState } from "../history/state.ts";
import type { Failure } from "../registry/answer.ts";
import type { RepositoryClient, TagList } from "../registry/repository-client.ts";
import { selectReleases, type SelectedRelease } from "../watchlist/select-releases.ts";
import type { WatchedRepository } from "../watchlist/watch-list.ts";
import { mapConcurrently } from "./map-concurrently.ts";

/** A release tag tonight: what it names, or why that could not be learned. */
export interface ListedRelease {
  readonly tag: string;
  readonly kind: SelectedRelease["kind"];
  readonly watched: WatchedRepository;
  readonly resolution:
    | { readonly kind: "resolved"; readonly digest: Digest; readonly mediaType: string }
    | { readonly kind: "failed"; readonly failure: Failure };
}

export interface Listing {
  readonly list: TagList;
  /** `incomplete`: some pages, then a failure. `failed`: none. */
  readonly outcome: "complete" | "incomplete" | "failed";
  readonly releases: readonly ListedRelease[];
  /** Known releases that the registry itself says are gone. */
  readonly removed: readonly string[];
  /** Known releases that are there, whether the list names them or not. */
  readonly present: ReadonlySet<string>;
  readonly leftOut: Readonly<Record<string, number>>;
}

/**
 * Steps 2 and 3 of the straight line: lists the tags, selects the releases of each entry of the watch list and resolves them.
 * A known release that a complete list does not name is asked for before it counts as removed;
 * what an incomplete list does not name stays as recorded, unknown.
 */
export async function listReleases(
  client: RepositoryClient,
  entries: readonly WatchedRepository[],
  known: ReadonlyMap<string, TagState>,
): Promise<Listing> {
  const list = await client.listTags();
  const outcome = list.complete ? "complete" : list.tags.size > 0 ? "incomplete" : "failed";
  const remembered = [...known.values()].filter((state) => state.removedSince === null).map((state) => state.tag);
  const releases: ListedRelease[] = [];
  const removed: string[] = [];
  const leftOut = countLeftOut(list, entries);

  for (const watched of entries) {
    const selection = selectReleases(list.tags, watched);
    const taken = await resolveNewest(client, selection.releases, watched, known);
    releases.push(...taken);
    const dropped = selection.releases.length - taken.length;
    if (dropped > 0) leftOut["not-newest"] = (leftOut["not-newest"] ?? 0) + dropped;

    const missing = selectReleases(
      remembered.filter((tag) => !list.tags.has(tag)),
      watched,
    ).releases;
    for (const answer of await mapConcurrently(missing, (release) => resolveMissing(client, list, release, watched))) {
      if (typeof answer === "string") removed.push(answer);
      else releases.push(answer);
    }
  }
  const present = new Set([...remembered.filter((tag) => list.tags.has(tag)), ...releases.map((release) => release.tag)]);
  return { list, outcome, releases, removed, present, leftOut };
}

/** What nobody takes, as the first entry sees it: a tag that it leaves out may be another entry's release. */
function countLeftOut(list: TagList, entries: readonly WatchedRepository[]): Record<string, number> {
  const [first, ...others] = entries;
  if (first === undefined) return {};
  const elsewhere = new Set(others.flatMap((watched) => selectReleases(list.tags, watched).releases.map((release) => release.tag)));
  const tags = elsewhere.size === 0 ? list.tags : [...list.tags].filter((tag) => !elsewhere.has(tag));
  return { ...selectReleases(tags, first).leftOut };
}

/** `newest: n` counts distinct digests of version tags, highest first; what was judged before stays in. */
async function resolveNewest(
  client: RepositoryClient,
  selected: readonly SelectedRelease[],
  watched: WatchedRepository,
  known: ReadonlyMap<string, TagState>,
): Promise<ListedRelease[]> {
  const { newest } = watched.tags;
  const resolve = (release: SelectedRelease): Promise<ListedRelease> => resolveListed(client, release, watched);
  if (newest === null) return mapConcurrently(selected, resolve);
  const digests = new Set<string>();
  const taken: ListedRelease[] = [];
  let waiting = selected.filter((release) => release.kind === "version");
  while (waiting.length > 0 && digests.size < newest) {
    const batch = waiting.slice(0, newest - digests.size);
    waiting = waiting.slice(batch.length);
    for (const release of await mapConcurrently(batch, resolve)) {
      const distinct = release.resolution.kind === "resolved" ? release.resolution.digest : release.tag;
      if (!digests.has(distinct) && digests.size >= newest) continue;
      digests.add(distinct);
      taken.push(release);
    }
  }
  const rest = [...selected.filter((release) => release.kind === "moving"), ...waiting.filter((release) => known.has(release.tag))];
  return [...taken, ...(await mapConcurrently(rest, resolve))];
}

async function resolveListed(client: RepositoryClient, { tag, kind }: SelectedRelease, watched: WatchedRepository): Promise<ListedRelease> {
  const answer = await client.resolveTag(tag, { listed: true });
  if (answer.kind === "found") return { tag, kind, watched, resolution: { kind: "resolved", ...answer.value } };
  const failure: Failure =
    answer.kind === "failed" ? answer.failure : { code: "listed-but-missing", detail: answer.detail, status: 404, attempts: 1 };
  return { tag, kind, watched, resolution: { kind: "failed", failure } };
}

async function resolveMissing(
  client: RepositoryClient,
  list: TagList,
  { tag, kind }: SelectedRelease,
  watched: WatchedRepository,
): Promise<ListedRelease | string> {
  if (!list.complete) {
    const failure: Failure = list.failure ?? { code: "page-missing", detail: "the tag list is not complete", status: null, attempts: 1 };
    return { tag, kind, watched, resolution: { kind: "failed", failure } };
  }
  const answer = await client.resolveTag(tag, { listed: false });
  if (answer.kind === "absent") return tag;
  if (answer.kind === "failed") return { tag, kind, watched, resolution: { kind: "failed", failure: answer.failure } };
  return { tag, kind, watched, resolution: { kind: "resolved", ...answer.value } };
}
