import type { Digest } from "../../oci/digest.ts";
import type { RepositoryHistory, RunId, TagState } from "../../history/state.ts";
import type { SelectedRelease } from "../../watchlist/select/select-releases.ts";
import { recordedDigests } from "../release-night.ts";
import type { LeftImage } from "./left-image.ts";

/** A digest and the tags that name it under one entry of the watch list. */
interface GraceCase {
  readonly digest: Digest;
  readonly releases: readonly SelectedRelease[];
  readonly graceSeconds: number;
}

/**
 * Reports whether a release still has grace: none of the first night has, and no version that was judged before. Grace counts for a name,
 * from the first sight of it after its last definitive verdict, so that another bare image every night buys no time; and for an image, from
 * the first sight of it under any name, so that another name every night buys none either. The versions that name
 * the digest decide; if none does, the moving tags do. `left` are the images that tags left tonight: one that proved to be signed is as good
 * as a verdict of the name.
 */
export function isWithinGrace(
  { digest, releases, graceSeconds }: GraceCase,
  history: RepositoryHistory,
  now: number,
  left: ReadonlyMap<string, LeftImage>,
): boolean {
  const recorded = recordedDigests(history);
  // A digest that was judged has had its time: if its signature is gone again, that is a loss.
  if (recorded.judged.has(digest)) return false;
  const firstSeen = recorded.firstSeen.get(digest) ?? null;
  const baselineRun = history.repository?.baselineRun ?? null;
  if (graceSeconds === 0 || baselineRun === null || (firstSeen !== null && firstSeen <= baselineRun)) return false;
  const versions = releases.filter(({ kind }) => kind === "version");
  if (versions.some(({ tag }) => (history.tags.get(tag)?.last ?? null) !== null)) return false;
  const names = versions.length > 0 ? versions : releases;
  return names.every(({ tag }) => {
    // A name that was found bare has had its time.
    if ((history.tags.get(tag)?.last?.verdict ?? "signed") !== "signed") return false;
    const isRenewed = left.get(tag)?.verdict?.verdict === "signed";
    const sights = [isRenewed ? null : bareSince(history.tags.get(tag)), firstSeen].flatMap((run) => (run === null ? [] : Date.parse(run)));
    const age = sights.length === 0 ? 0 : (now - Math.min(...sights)) / 1000;
    return age >= 0 && age < graceSeconds;
  });
}

/** Returns the run that first saw the tag after its last definitive verdict, or null if it is new tonight. A removal starts nothing anew. */
function bareSince(state: TagState | undefined): RunId | null {
  if (state === undefined) return null;
  const { timeline, last, graceSince } = state;
  const judged = timeline.findLastIndex(({ digest }) => digest === last?.digest);
  const since = timeline[judged + 1]?.since ?? null;
  return graceSince !== undefined && since !== null && graceSince > since ? graceSince : since;
}
