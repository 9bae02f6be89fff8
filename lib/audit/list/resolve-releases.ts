import type { Digest } from "../../oci/digest.ts";
import type { TagState } from "../../history/state.ts";
import type { Failure } from "../../registry/answer.ts";
import type { RepositoryClient, TagList } from "../../registry/repository-client.ts";
import type { SelectedRelease } from "../../watchlist/select/select-releases.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import { RESOLVING_SHARE } from "../audit-limits.ts";
import { mapConcurrently } from "../map-concurrently.ts";
import { resolveKnownTag } from "./resolve-tag.ts";
import type { Resting, Rota } from "./resting.ts";
import { parseVersionTag } from "../../watchlist/select/version-tag.ts";

/** A release tag tonight, with what it names or why that could not be learned. */
export interface ListedRelease {
  readonly tag: string;
  readonly kind: SelectedRelease["kind"];
  readonly watched: WatchedRepository;
  readonly resolution:
    | { readonly kind: "resolved"; readonly digest: Digest; readonly mediaType: string | null }
    | { readonly kind: "failed"; readonly failure: Failure };
  /** Null if the release is looked at tonight. A version tag that rests was not even resolved: it names what it is recorded to name. */
  readonly resting: Resting | null;
}

/** What tags name according to an earlier part of the same audit. They are not resolved again, so that every part gets further. */
export type ResolvedEarlier = ReadonlyMap<string, Named>;

interface Named {
  readonly digest: Digest;
  readonly mediaType: string | null;
}

/** One entry of the watch list, while its tags are resolved. */
interface Resolving {
  readonly client: RepositoryClient;
  readonly list: TagList;
  readonly watched: WatchedRepository;
  readonly known: ReadonlyMap<string, TagState>;
  readonly rota: Rota;
  readonly isDueInFull: (tag: string) => boolean;
  /** Whether a tag may be taken in tonight. Known tags always are. */
  readonly admits: (tag: string) => boolean;
  readonly earlier: ResolvedEarlier;
}

interface ResolvedReleases {
  readonly releases: readonly ListedRelease[];
  /** Left out by `newest`. */
  readonly notNewest: number;
  /** New tags that are left to the next night. */
  readonly waiting: readonly string[];
}

/**
 * Resolves the selected tags of one entry (step 3 of the straight line). `newest: n` counts distinct digests of version tags, highest
 * first; a release that was judged before stays in. If the budget does not reach a tag, it is failed if it is known, and waits if it is
 * new.
 */
export async function resolveReleases(selected: readonly SelectedRelease[], resolving: Resolving): Promise<ResolvedReleases> {
  const { newest } = resolving.watched.tags;
  const admitted = selected.filter(({ tag }) => resolving.admits(tag));
  const { taken, dropped, isFull } = newest === null ? await takeAll(admitted, resolving) : await takeNewest(admitted, newest, resolving);
  const releases = await wakeSharing(
    taken.filter((release) => typeof release !== "string"),
    resolving,
  );
  const beyond = selected.flatMap(({ tag }) => (resolving.admits(tag) ? [] : tag));
  const unreached = taken.filter((release) => typeof release === "string");
  return { releases, notNewest: dropped + (isFull ? beyond.length : 0), waiting: isFull ? unreached : [...unreached, ...beyond] };
}

interface Taken {
  /** A new tag that was not reached is only named. */
  readonly taken: readonly (ListedRelease | string)[];
  readonly dropped: number;
  /** Whether `newest` is reached, so that no further tag would be taken. */
  readonly isFull: boolean;
}

async function takeAll(selected: readonly SelectedRelease[], resolving: Resolving): Promise<Taken> {
  return { taken: await resolveAll(selected, resolving), dropped: 0, isFull: false };
}

async function takeNewest(selected: readonly SelectedRelease[], newest: number, resolving: Resolving): Promise<Taken> {
  const digests = new Set<string>();
  const owners = ownersOf(resolving.known);
  const taken: (ListedRelease | string)[] = [];
  let waiting = selected.filter((release) => release.kind === "version");
  while (waiting.length > 0 && digests.size < newest) {
    const batch = waiting.slice(0, newest - digests.size);
    waiting = waiting.slice(batch.length);
    for (const release of await resolveAll(batch, resolving)) {
      if (typeof release === "string") {
        taken.push(release);
        continue;
      }
      const distinct = release.resolution.kind === "resolved" ? release.resolution.digest : release.tag;
      if (!digests.has(distinct) && digests.size >= newest) continue;
      // Another name for an older release is no new release, and takes the place of none.
      if ((owners.get(distinct) ?? release.tag) === release.tag) digests.add(distinct);
      taken.push(release);
    }
  }
  const moving = selected.filter((release) => release.kind === "moving");
  const rest = [...moving, ...waiting.filter((release) => resolving.known.has(release.tag))];
  const all = [...taken, ...(await resolveAll(rest, resolving))];
  return { taken: all, dropped: selected.length - all.length, isFull: digests.size >= newest };
}

/** Resolves tags, those first that have waited longest for an answer and new ones last. The result is in the order of the selection. */
async function resolveAll(selected: readonly SelectedRelease[], resolving: Resolving): Promise<(ListedRelease | string)[]> {
  const { rota } = resolving;
  const urgent = selected.map((release) => ({ release, last: rota.lastLooked(release.tag) ?? "~" }));
  urgent.sort((left, right) => (left.last < right.last ? -1 : left.last > right.last ? 1 : 0));
  const resolved = new Map<string, ListedRelease | string>();
  await mapConcurrently(urgent, async ({ release }) => void resolved.set(release.tag, await resolveOne(release, resolving)));
  return selected.map(({ tag }) => resolved.get(tag) ?? tag);
}

async function resolveOne(release: SelectedRelease, resolving: Resolving): Promise<ListedRelease | string> {
  const { client, watched, known, rota } = resolving;
  const { tag, kind } = release;
  const resting = kind === "version" ? rota.rest(tag, null) : null;
  if (resting !== null) {
    const resolution = { kind: "resolved", digest: resting.judgement.digest, mediaType: null } as const;
    return { tag, kind, watched, resolution, resting };
  }
  const listed =
    client.spent() >= RESOLVING_SHARE && nameWithoutAsking(tag, resolving) === null
      ? outOfBudget(release, watched)
      : await resolveListed(release, resolving);
  if (listed.resolution.kind === "failed") return listed.resolution.failure.code === "budget" && !known.has(tag) ? tag : listed;
  // A moving tag is resolved every night: nothing else tells whether it moved.
  return kind === "moving" ? { ...listed, resting: rota.rest(tag, listed.resolution.digest) } : listed;
}

/** Returns a release that the budget did not reach. */
export function outOfBudget({ tag, kind }: Pick<ListedRelease, "tag" | "kind">, watched: WatchedRepository): ListedRelease {
  const detail = "the repository's budget for this run was used up before its turn came";
  return {
    tag,
    kind,
    watched,
    resolution: { kind: "failed", failure: { code: "budget", detail, status: null, attempts: 0 } },
    resting: null,
  };
}

async function resolveListed({ tag, kind }: SelectedRelease, resolving: Resolving): Promise<ListedRelease> {
  const { client, watched } = resolving;
  const resolved = (named: Named): ListedRelease => ({ tag, kind, watched, resolution: { kind: "resolved", ...named }, resting: null });
  const known = nameWithoutAsking(tag, resolving);
  if (known !== null) return resolved(known);
  const answer = await resolveKnownTag(client, tag, resolving.known.get(tag), { listed: true, inFull: resolving.isDueInFull(tag) });
  if (answer.kind === "found") return resolved(answer.value);
  const listed = answer.kind === "failed" && answer.failure.code === "budget" ? nameByList(tag, resolving) : null;
  if (listed !== null) return resolved(listed);
  const failure: Failure =
    answer.kind === "failed" ? answer.failure : { code: "listed-but-missing", detail: answer.detail, status: 404, attempts: 1 };
  return { tag, kind, watched, resolution: { kind: "failed", failure }, resting: null };
}

/**
 * Returns what an earlier part of the audit learned, or what the registry's own list says if it is what the tag is recorded to name; else
 * null. A tag that seems to have moved is asked itself.
 */
function nameWithoutAsking(tag: string, resolving: Resolving): Named | null {
  return resolving.earlier.get(tag) ?? (resolving.isDueInFull(tag) ? null : nameByList(tag, resolving));
}

function nameByList(tag: string, { list, known }: Resolving): Named | null {
  const state = known.get(tag);
  const listed = list.bulk?.digests.get(tag);
  const stands = listed !== undefined && listed === state?.timeline.at(-1)?.digest && state.removedSince === null;
  return stands ? { digest: listed, mediaType: null } : null;
}

/** Wakes the tags that share a digest with one that is looked at: a digest is judged once, for all its tags. */
async function wakeSharing(releases: readonly ListedRelease[], resolving: Resolving): Promise<readonly ListedRelease[]> {
  for (let current = releases; ;) {
    const judged = new Set(
      current.flatMap(({ resolution, resting }) => (resting === null && "digest" in resolution ? resolution.digest : [])),
    );
    const woken = current.filter(({ resting }) => resting !== null && judged.has(resting.judgement.digest));
    if (woken.length === 0) return current;
    const awake = await mapConcurrently(woken, (release) =>
      release.kind === "moving" ? Promise.resolve({ ...release, resting: null }) : resolveListed(release, resolving),
    );
    const byTag = new Map(awake.map((release) => [release.tag, release]));
    current = current.map((release) => byTag.get(release.tag) ?? release);
  }
}

/** Returns, by digest, the version tag that named it first, by the record. */
function ownersOf(known: ReadonlyMap<string, TagState>): ReadonlyMap<string, string> {
  const owners = new Map<string, { readonly tag: string; readonly since: string }>();
  for (const { tag, timeline } of known.values()) {
    if (parseVersionTag(tag) === null) continue;
    for (const { digest, since } of timeline) {
      const first = owners.get(digest);
      if (first === undefined || since < first.since) owners.set(digest, { tag, since });
    }
  }
  return new Map([...owners].map(([digest, { tag }]) => [digest, tag]));
}
