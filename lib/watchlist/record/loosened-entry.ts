import { formatSeconds } from "../../text/format-seconds.ts";
import { isBeforeSigningBegan } from "../select/exemptions.ts";
import { globCovers } from "../select/glob-relation.ts";
import { parseGlob, type Glob } from "../select/glob.ts";
import { parseVersionRange, rangeCovers } from "../select/version-range.ts";
import type { WatchedRepository } from "../watch-list.ts";
import type { WatchListDocument } from "./watch-list-document.ts";

export type RecordedEntry = WatchListDocument["repositories"][number];

/**
 * Returns, as phrases, what an entry of a repository leaves out, exempts or looks at later than before. Another owner counts, because others
 * are told. Pure.
 */
export function findLooserEntry(before: RecordedEntry, after: RecordedEntry): string[] {
  const phrases = [
    after.graceSeconds > before.graceSeconds && `grace ${formatSeconds(before.graceSeconds)} is now ${formatSeconds(after.graceSeconds)}`,
    after.unknownForSeconds > before.unknownForSeconds &&
      `unknownFor ${formatSeconds(before.unknownForSeconds)} is now ${formatSeconds(after.unknownForSeconds)}`,
    nightsOf(after) > nightsOf(before) && `recheck ${describeRecheck(before)} is now ${describeRecheck(after)}`,
    (after.tags.newest ?? Infinity) < (before.tags.newest ?? Infinity) &&
      `newest ${before.tags.newest === null ? "" : `${before.tags.newest} `}is now ${after.tags.newest}`,
    after.owner !== before.owner && `owner ${before.owner ?? "nobody"} is now ${after.owner ?? "nobody"}`,
    before.mirrorOf !== undefined && after.mirrorOf !== before.mirrorOf && `it is not compared with ${before.mirrorOf} any more`,
    beginsLater(before.signedSince, after.signedSince) &&
      `signedSince ${before.signedSince === null ? "" : `${before.signedSince} `}is now ${after.signedSince}`,
    selectsLess(before.tags, after.tags) && "its tags are not all selected any more",
  ];
  return phrases.filter((phrase) => phrase !== false);
}

/** Returns, as a phrase, that other manifests are judged now; null if none is left out. Each target lets pass what the other refuses. */
export function findLooserTarget({ target: former }: RecordedEntry, { target }: RecordedEntry): string | null {
  return target === former || target === "both" ? null : `target ${former} is now ${target}`;
}

/** Within so many nights every release is looked at. */
function nightsOf({ recheck }: RecordedEntry): number {
  return recheck.kind === "rolling" ? recheck.nights : 1;
}

function describeRecheck({ recheck }: RecordedEntry): string {
  return recheck.kind === "rolling" ? `rolling ${recheck.nights}` : "nightly";
}

/** Reports whether versions are exempt now that were not before. */
function beginsLater(before: string | null, after: string | null): boolean {
  return after !== null && (before === null || isBeforeSigningBegan(before, after));
}

/**
 * Reports whether a former release may be left out now: it is not if the new patterns cover all former ones, and in doubt it may be.
 */
function selectsLess(before: WatchedRepository["tags"], after: WatchedRepository["tags"]): boolean {
  return (
    loosesInclude(before, after) ||
    !globsCover(before.exclude, after.exclude) ||
    narrows(before.semver, after.semver) ||
    loosesMoving(before, after)
  );
}

type Tags = WatchedRepository["tags"];

/** Without `include` all version tags are taken and, without `moving`, few others: `latest`, `v1`. */
function loosesInclude(before: Tags, after: Tags): boolean {
  if (after.include === null) return before.include !== null && after.moving === null;
  return before.include === null || !globsCover(after.include, before.include);
}

/** Without `moving` the moving tags are those that `include` matches, or else few. */
function loosesMoving(before: Tags, after: Tags): boolean {
  if (before.moving === null) return after.moving !== null;
  const present = after.moving ?? after.include;
  return present === null ? before.moving.length > 0 : !globsCover(present, before.moving);
}

/** Reports whether the outer patterns cover each of the inner ones. */
function globsCover(outer: readonly string[], inner: readonly string[]): boolean {
  const cover: Glob = { pattern: outer.join(","), alternatives: outer.flatMap((pattern) => parsed(pattern)?.alternatives ?? []) };
  return inner.every((pattern) => {
    if (outer.includes(pattern)) return true;
    const glob = parsed(pattern);
    return glob !== null && globCovers(cover, glob);
  });
}

function parsed(pattern: string): Glob | null {
  const answer = parseGlob(pattern);
  return answer.kind === "parsed" ? answer.glob : null;
}

function narrows(before: string | null, after: string | null): boolean {
  if (after === null || after === before) return false;
  const [former, present] = [before === null ? null : parseVersionRange(before), parseVersionRange(after)];
  return former === null || present === null || !rangeCovers(present, former);
}
