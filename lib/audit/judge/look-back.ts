import type { TagState } from "../../history/state.ts";
import type { Digest } from "../../oci/digest.ts";
import { selectReleases } from "../../watchlist/select/select-releases.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";
import { mapConcurrently } from "../map-concurrently.ts";
import { digestsTonight, recordedDigests } from "../release-night.ts";
import { buildCase, type CaseBench } from "./build-case.ts";
import { epochOf } from "./epoch.ts";
import { judgeRelease } from "./judge-release.ts";
import type { LeftImage } from "./left-image.ts";

/**
 * Judges, by their digests, the images that tags named and left, or were removed with, before anybody could judge them (architecture section
 * 5, never-judged). Most are still served: so a pipeline that signs a moving tag's image after it pushed the next one is not taken for one
 * that never signs. An image that another tag names within its grace is judged as that tag's, a move that was told is told, and the images of the first
 * listing are its baseline.
 */
export async function lookBack(bench: Omit<CaseBench, "left">): Promise<ReadonlyMap<string, LeftImage>> {
  const { listing, history, main, ports, item } = bench;
  const tonight = digestsTonight(listing);
  const named = new Set(tonight.values());
  const removed = new Set(listing.removed);
  const { judged } = recordedDigests(history);
  const releases = new Map(listing.releases.map((release) => [release.tag, release]));
  const left: ListedRelease[] = [];
  for (const state of history.tags.values()) {
    const digest = unjudgedDigest(state);
    // An image that is within its grace is judged under its other name when that is over. In an outage nobody knows when.
    if (digest === null || judged.has(digest) || tonight.get(state.tag) === digest) continue;
    if (named.has(digest) && state.shown.verdict !== "unknown") continue;
    const own = releases.get(state.tag);
    if (own === undefined ? !removed.has(state.tag) : own.resolution.kind !== "resolved") continue;
    const chosen =
      own ?? item.entries.flatMap((watched) => selectReleases([state.tag], watched).releases.map((one) => ({ ...one, watched })))[0];
    if (chosen !== undefined) left.push({ ...chosen, resolution: { kind: "resolved", digest, mediaType: null }, resting: null });
  }
  const asked = await mapConcurrently(left, async (release): Promise<LeftImage> => {
    const { digest } = release.resolution as Extract<ListedRelease["resolution"], { kind: "resolved" }>;
    if (ports.signal.aborted || main.client.spent() >= 1) return { digest, release, verdict: null };
    const group = { digest, releases: [release], names: [release.tag] };
    const epoch = epochOf(release.watched, ports.trust);
    const { verdict } = await judgeRelease(await buildCase(group, epoch, new Set(), { ...bench, left: new Map() }));
    return { digest, release, verdict };
  });
  return new Map(asked.map((image) => [image.release.tag, image]));
}

/** Returns the digest that the tag named when it was last seen, if it had no definitive verdict. */
function unjudgedDigest({ timeline, last, removedSince, meanwhile, baseline }: TagState): Digest | null {
  const digest = timeline.at(-1)?.digest;
  if (digest === undefined || digest === last?.digest || removedSince !== null) return null;
  return digest === meanwhile?.move?.to || (baseline && timeline.length === 1) ? null : digest;
}
