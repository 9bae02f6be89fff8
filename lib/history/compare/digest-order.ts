import type { Digest } from "../../oci/digest.ts";
import { compareVersionTags, parseVersionTag, type VersionTag } from "../../watchlist/select/version-tag.ts";
import type { TagState } from "../state.ts";

export type DigestOrder = "newer" | "older" | "same";

/** A tag's step from one digest to another, with everything that the repository's tags name and named. */
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
 * Decides whether `to` is newer or older than `from` (architecture section 5, tag-rolled-back). It compares the highest version tags that
 * name each digest or, by the record, named it; the tag itself counts only for the digest that it left. If one digest has no version tag,
 * or both have the same one, the tag's own timeline decides; if that cannot, the digest that was first seen earlier is the older one.
 * A version that was put on a digest after another version makes the digest no newer, unless it is the release of that pre-release:
 * otherwise anybody who may push tags could dress a rollback as progress.
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
  const versions = counted.map(({ version }) => version);
  return versions.toSorted(compareVersionTags).at(-1) ?? null;
}

/** Sorts after every recorded run. */
const TONIGHT = "tonight";

/** Returns the version tags that name or named a digest, each with the run that first saw it there. */
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

/** Whether two versions are of one release, as `1.4.0` and `1.4.0-rc.1` are. */
function isSameRelease(left: VersionTag, right: VersionTag): boolean {
  return compareVersionTags({ ...left, suffix: null }, { ...right, suffix: null }) === 0;
}

/** Compares two digests that the tag named before by the order in which it first named them. */
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

/** Returns the first run in which any tag named the digest, or null if none did before tonight. */
function firstSeen(digest: Digest, recorded: DigestStep["recorded"]): string | null {
  let first: string | null = null;
  for (const { timeline } of recorded.values()) {
    for (const entry of timeline) if (entry.digest === digest && (first === null || entry.since < first)) first = entry.since;
  }
  return first;
}
