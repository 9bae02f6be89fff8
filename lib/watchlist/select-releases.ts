import { matchesGlob } from "node:path";
import semver from "semver";
import { parseCompanionTag } from "../oci/companion-tag.ts";
import { isTag } from "../oci/reference.ts";
import { compareTags, parseVersionTag } from "./version-tag.ts";
import type { WatchedRepository } from "./watch-list.ts";

export interface SelectedRelease {
  readonly tag: string;
  /** A version tag names one release for good; every other tag moves. */
  readonly kind: "version" | "moving";
}

/** Why a tag is no release. */
export type LeftOutReason = "companion" | "malformed-tag" | "excluded" | "not-included" | "not-a-version" | "semver";

export interface Selection {
  /** Version tags highest first, then moving tags by name. */
  readonly releases: readonly SelectedRelease[];
  readonly leftOut: Readonly<Partial<Record<LeftOutReason, number>>>;
}

/** What counts as a release where the watch list does not say: version tags and the usual moving ones. */
const DEFAULT_MOVING = /^(?:latest|stable|edge|v?\d+|v?\d+\.\d+)$/;

/**
 * The releases among a repository's tags, for one entry of the watch list (architecture section 4). Companion tags never are.
 * `newest` needs digests and is the caller's.
 */
export function selectReleases(tags: Iterable<string>, watched: Pick<WatchedRepository, "tags">): Selection {
  const releases: SelectedRelease[] = [];
  const leftOut: Partial<Record<LeftOutReason, number>> = {};
  for (const tag of tags) {
    const reason = leaveOut(tag, watched);
    if (reason === null) releases.push({ tag, kind: parseVersionTag(tag) === null ? "moving" : "version" });
    else leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  }
  return { releases: releases.toSorted(highestFirst), leftOut };
}

function highestFirst(left: SelectedRelease, right: SelectedRelease): number {
  if (left.kind !== right.kind) return left.kind === "version" ? -1 : 1;
  return left.kind === "version" ? compareTags(right.tag, left.tag) : compareTags(left.tag, right.tag);
}

function leaveOut(tag: string, { tags }: WatchedRepository): LeftOutReason | null {
  if (!isTag(tag)) return "malformed-tag";
  if (parseCompanionTag(tag) !== null) return "companion";
  if (matchesAny(tag, tags.exclude)) return "excluded";
  if (tags.moving !== null && matchesAny(tag, tags.moving)) return null;
  const version = parseVersionTag(tag);
  if (tags.include !== null) {
    if (!matchesAny(tag, tags.include)) return "not-included";
  } else if (version === null && (tags.moving !== null || !DEFAULT_MOVING.test(tag))) return "not-a-version";
  if (tags.semver !== null && version !== null && !isInRange(tag, tags.semver)) return "semver";
  return null;
}

function matchesAny(tag: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(tag, pattern));
}

/** Versions of four numbers and more are no semver and lie in no range. */
function isInRange(tag: string, range: string): boolean {
  const version = semver.parse(tag);
  return version !== null && semver.satisfies(version, range, { includePrerelease: true });
}
