import type { Digest } from "../../oci/digest.ts";
import { compareVersionTags, parseVersionTag, type VersionTag } from "../../watchlist/select/version-tag.ts";
import type { TagState } from "../state.ts";

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
 * (or both the same), by the tag's own timeline; else by which was first seen. A version that was put on a digest after another one
 * makes it no newer, unless it is the release of that pre-release: whoever may push tags could otherwise dress a rollback as progress.
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
  const names = versionsOf(digest, step);
  const first = names.reduce((earliest, { since }) => (since < earliest ? since : earliest), TONIGHT);
  const original = names.filter(({ since }) => since === first);
  const counted = names.filter(({ version }) => original.some((other) => isSameRelease(version, other.version)));
  return (
    counted
      .map(({ version }) => version)
      .toSorted(compareVersionTags)
      .at(-1) ?? null
  );
}

/** Later than every run that was recorded. */
const TONIGHT = "tonight";

/** The version tags that name or named a digest, each with the run that first saw it there. */
function versionsOf(digest: Digest, { tag: own, from, tonight, recorded }: DigestStep): { version: VersionTag; since: string }[] {
  const named = new Map<string, string>();
  for (const [tag, now] of tonight) if (now === digest) named.set(tag, TONIGHT);
  for (const [tag, { timeline }] of recorded) {
    const entry = timeline.find((earlier) => earlier.digest === digest);
    if (entry !== undefined) named.set(tag, entry.since);
  }
  if (digest !== from) named.delete(own);
  return [...named].flatMap(([tag, since]) => {
    const version = parseVersionTag(tag);
    return version === null ? [] : [{ version, since }];
  });
}

/** `1.4.0` and `1.4.0-rc.1` are of one release. */
function isSameRelease(left: VersionTag, right: VersionTag): boolean {
  return compareVersionTags({ ...left, suffix: null }, { ...right, suffix: null }) === 0;
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
