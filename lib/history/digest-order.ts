import type { Digest } from "../oci/digest.ts";
import { compareVersionTags, parseVersionTag, type VersionTag } from "../watchlist/version-tag.ts";
import type { TagState } from "./state.ts";

export type DigestOrder = "newer" | "older" | "same";

/** A tag's step from one digest to another, with what the repository's tags name and named. */
export interface DigestStep {
  readonly tag: string;
  /** The digest that the tag left. */
  readonly from: Digest;
  /** The digest that it names now. */
  readonly to: Digest;
  /** What every tag names tonight. */
  readonly tonight: ReadonlyMap<string, Digest>;
  /** What was recorded before tonight. */
  readonly recorded: ReadonlyMap<string, Pick<TagState, "timeline">>;
}

/**
 * Whether `to` is newer or older than `from` (architecture section 5, tag-rolled-back): by the highest version tag that names
 * or, by the record, named each, the tag itself counted only for the digest that it left; where one of them has none
 * (or both the same), by the tag's own timeline; else by which was first seen.
 */
export function compareDigests(step: DigestStep): DigestOrder {
  if (step.from === step.to) return "same";
  const [from, to] = [highestVersion(step.from, step), highestVersion(step.to, step)];
  // One version under two names (`v1.4.1`, `1.4.1`) has no order.
  const byVersion = from && to ? compareVersionTags({ ...to, tag: "" }, { ...from, tag: "" }) : 0;
  if (byVersion !== 0) return byVersion > 0 ? "newer" : "older";
  return compareByTimeline(step) ?? compareByFirstSeen(step);
}

function highestVersion(digest: Digest, step: DigestStep): VersionTag | null {
  let highest: VersionTag | null = null;
  const count = (tag: string): void => {
    if (tag === step.tag && digest !== step.from) return;
    const version = parseVersionTag(tag);
    if (version && (highest === null || compareVersionTags(version, highest) > 0)) highest = version;
  };
  for (const [tag, named] of step.tonight) if (named === digest) count(tag);
  for (const [tag, { timeline }] of step.recorded) if (timeline.some((entry) => entry.digest === digest)) count(tag);
  return highest;
}

/** Digests that the tag named before stand in the order in which it first named them. */
function compareByTimeline({ tag, from, to, recorded }: DigestStep): DigestOrder | null {
  const digests = recorded.get(tag)?.timeline.map((entry) => entry.digest) ?? [];
  const [fromAt, toAt] = [digests.indexOf(from), digests.indexOf(to)];
  if (fromAt < 0 || toAt < 0) return null;
  return toAt < fromAt ? "older" : "newer";
}

function compareByFirstSeen({ from, to, recorded }: DigestStep): DigestOrder {
  const [fromSeen, toSeen] = [firstSeen(from, recorded), firstSeen(to, recorded)];
  if (fromSeen === toSeen) return "same";
  if (toSeen === null) return "newer";
  return fromSeen === null || toSeen < fromSeen ? "older" : "newer";
}

/** The first run in which any tag named the digest, or null where none did before tonight. */
function firstSeen(digest: Digest, recorded: DigestStep["recorded"]): string | null {
  let first: string | null = null;
  for (const { timeline } of recorded.values()) {
    for (const entry of timeline) if (entry.digest === digest && (first === null || entry.since < first)) first = entry.since;
  }
  return first;
}
