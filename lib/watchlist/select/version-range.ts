import Range from "semver/classes/range.js";
import SemVer from "semver/classes/semver.js";
import subset from "semver/ranges/subset.js";
import type { VersionTag } from "./version-tag.ts";

/** A suffix such as `-alpine` is a pre-release to semver; a range that left those out would leave releases unaudited. */
const OPTIONS = { includePrerelease: true } as const;

/** A range of versions as npm's semver writes it (`>=1.0.0`, `^2.1`, `1.x || 3.x`). */
type VersionRange = Range;

/** Parses a range, or null where it is none. Suffixed versions are in a range as their order says. */
export function parseVersionRange(text: string): VersionRange | null {
  try {
    return new Range(text, OPTIONS);
  } catch {
    return null;
  }
}

/** Whether the version lies in the range; one of four or more numbers never does. */
export function isInRange(version: VersionTag, range: VersionRange): boolean {
  if (version.numbers.length !== 3) return false;
  try {
    return range.test(new SemVer(canonicalVersion(version)));
  } catch {
    // More digits than semver counts with.
    return false;
  }
}

/** Whether some version lies in both ranges. */
export function rangesOverlap(left: VersionRange, right: VersionRange): boolean {
  return left.intersects(right);
}

/** Whether every version of `inner` surely lies in `outer` too. */
export function rangeCovers(outer: VersionRange, inner: VersionRange): boolean {
  return subset(inner, outer, OPTIONS);
}

/** Calendar versions have leading zeros, and tags have characters that semver's suffixes have not. */
function canonicalVersion({ numbers, suffix }: VersionTag): string {
  const identifiers = (suffix ?? "")
    .replaceAll(/[^0-9A-Za-z.-]/g, "-")
    .split(".")
    .filter((identifier) => identifier !== "");
  const release = numbers.map(withoutLeadingZeros).join(".");
  return identifiers.length === 0 ? release : `${release}-${identifiers.map(withoutLeadingZeros).join(".")}`;
}

function withoutLeadingZeros(digits: string): string {
  return /^0+\d+$/.test(digits) ? digits.replace(/^0+(?=\d)/, "") : digits;
}
