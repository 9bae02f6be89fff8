import { parseCompanionTag } from "../../oci/companion-tag.ts";
import { isTag } from "../../oci/reference.ts";
import { matchesGlob, parseGlob, type Glob } from "./glob.ts";
import { isInRange, parseVersionRange } from "./version-range.ts";
import { parseVersionTag, sortTags } from "./version-tag.ts";
import type { TagSelection, WatchedRepository } from "../watch-list.ts";

/** A tag that must be signed. */
export interface SelectedRelease {
  readonly tag: string;
  readonly kind: "version" | "moving";
}

/** Why a tag is no release. `companion`: a tag of cosign or of the referrers tag schema, which contains signatures. */
type LeftOutReason = "malformed-tag" | "companion" | "excluded" | "not-included" | "not-a-version" | "not-moving" | "semver";

interface ReleaseSelection {
  /** Version tags, highest first, then moving tags by name. */
  readonly releases: readonly SelectedRelease[];
  /** The number of tags that were left out, by reason; only reasons that occurred. */
  readonly leftOut: Readonly<Partial<Record<LeftOutReason, number>>>;
}

/** The moving tags that are releases if a watch list has neither `include` nor `moving`. */
const DEFAULT_MOVING = /^(?:latest|stable|edge|v?\d+(?:\.\d+)?)$/;

/**
 * Selects the releases among a repository's tags (architecture section 4). `exclude` overrides everything; `include` decides on version
 * tags, and on moving tags if there is no `moving`; `semver` limits version tags only. `newest` is left to the caller, because it counts
 * digests.
 */
export function selectReleases(tags: Iterable<string>, watched: Pick<WatchedRepository, "tags">): ReleaseSelection {
  const judge = compileSelection(watched.tags);
  const versions: string[] = [];
  const moving: string[] = [];
  const leftOut: Partial<Record<LeftOutReason, number>> = {};
  for (const tag of tags) {
    const answer = judge(tag);
    if (answer === "version") versions.push(tag);
    else if (answer === "moving") moving.push(tag);
    else leftOut[answer] = (leftOut[answer] ?? 0) + 1;
  }
  const releases: SelectedRelease[] = sortTags(versions)
    .toReversed()
    .map((tag) => ({ tag, kind: "version" }));
  // Appended one by one: a spread of a million would be a million arguments.
  for (const tag of sortTags(moving)) releases.push({ tag, kind: "moving" });
  return { releases, leftOut };
}

/** Compiles the patterns once, because a repository may have a million tags. */
function compileSelection(selection: TagSelection): (tag: string) => SelectedRelease["kind"] | LeftOutReason {
  const excluded = compileGlobs(selection.exclude);
  const included = selection.include && compileGlobs(selection.include);
  const moving = selection.moving && compileGlobs(selection.moving);
  const range = selection.semver === null ? null : parseVersionRange(selection.semver);
  return (tag) => {
    if (!isTag(tag)) return "malformed-tag";
    if (parseCompanionTag(tag) !== null) return "companion";
    if (excluded(tag)) return "excluded";
    const version = parseVersionTag(tag);
    if (version !== null) {
      if (included && !included(tag)) return "not-included";
      return range === null || isInRange(version, range) ? "version" : "semver";
    }
    if (moving) return moving(tag) ? "moving" : "not-moving";
    if (included) return included(tag) ? "moving" : "not-included";
    return DEFAULT_MOVING.test(tag) ? "moving" : "not-a-version";
  };
}

function compileGlobs(patterns: readonly string[]): (tag: string) => boolean {
  const globs: Glob[] = [];
  for (const pattern of patterns) {
    const parsed = parseGlob(pattern);
    if (parsed.kind === "parsed") globs.push(parsed.glob);
  }
  return (tag) => globs.some((glob) => matchesGlob(glob, tag));
}
