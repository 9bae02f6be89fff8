import Range from "semver/classes/range.js";
import SemVer from "semver/classes/semver.js";
import subset from "semver/ranges/subset.js";
import type { VersionTag } from "./version-tag.ts";

/** To semver, a suffix such as `-alpine` is a pre-release. A range without those would leave releases unaudited. */
const OPTIONS = { includePrerelease: true } as const;

/** A range of versions as npm's semver writes it (`>=1.0.0`, `^2.1`, `1.x || 3.x`). */
type VersionRange = Range;

/** Parses a range, or returns null. Suffixed versions are in a range by their order. */
export function parseVersionRange(text: string): VersionRange | null {
  try {
    return new Range(text, OPTIONS);
  } catch {
    return null;
  }
}

/** Reports whether the version is in the range. A version of four or more numbers never is. */
export function isInRange(version: VersionTag, range: VersionRange): boolean {
  if (version.numbers.length !== 3) return false;
  try {
    return range.test(new SemVer(canonicalVersion(version)));
  } catch {
    // The version has more digits than semver can count with.
    return false;
  }
}

/** Reports whether some version is in both ranges. */
export function rangesOverlap(left: VersionRange, right: VersionRange): boolean {
  return left.intersects(right);
}

/** Reports whether every version in `inner` surely is in `outer`. */
export function rangeCovers(outer: VersionRange, inner: VersionRange): boolean {
  return subset(inner, outer, OPTIONS);
}

/** Formats a version for semver, whose suffixes allow neither all characters of a tag nor numbers with leading zeros. */
function canonicalVersion({ numbers, suffix }: VersionTag): string {
  const identifiers = (suffix ?? "")
    .replaceAll(/[^0-9A-Za-z.-]/g, "-")
    .split(".")
    .filter((identifier) => identifier !== "");
  const release = numbers.join(".");
  return identifiers.length === 0 ? release : `${release}-${identifiers.map(withoutLeadingZeros).join(".")}`;
}

function withoutLeadingZeros(digits: string): string {
  return /^0+\d+$/.test(digits) ? digits.replace(/^0+(?=\d)/, "") : digits;
}
