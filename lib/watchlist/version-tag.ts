/** A release's version as its tag says it: `v?N.N.N[.N…][-suffix]`. */
export interface VersionTag {
  readonly tag: string;
  /** At least three, compared as numbers of any size. */
  readonly numbers: readonly bigint[];
  /** What follows the first hyphen, or null: a pre-release stands before its release. */
  readonly suffix: string | null;
}

const VERSION = /^v?(?<numbers>\d+(?:\.\d+){2,})(?:-(?<suffix>[0-9A-Za-z._-]+))?$/;

/** Reads a tag as a version, or null for a moving tag such as `latest`, `v1` or `1.4` (architecture section 4). */
export function parseVersionTag(tag: string): VersionTag | null {
  const groups = VERSION.exec(tag)?.groups;
  if (!groups) return null;
  return { tag, numbers: groups["numbers"]!.split(".").map(BigInt), suffix: groups["suffix"] ?? null };
}

/** Version order, as semver has it; below zero where `left` is lower. Equal versions under two names keep a fixed order. */
export function compareVersionTags(left: VersionTag, right: VersionTag): number {
  for (let at = 0; at < Math.max(left.numbers.length, right.numbers.length); at++) {
    const [a, b] = [left.numbers[at] ?? 0n, right.numbers[at] ?? 0n];
    if (a !== b) return a < b ? -1 : 1;
  }
  return compareSuffixes(left.suffix, right.suffix) || compareText(left.tag, right.tag);
}

/** Version tags in version order, then all others by name. */
export function compareTags(left: string, right: string): number {
  const [a, b] = [parseVersionTag(left), parseVersionTag(right)];
  if (a && b) return compareVersionTags(a, b);
  if (a || b) return a ? -1 : 1;
  return compareText(left, right);
}

/** https://semver.org/#spec-item-11 */
function compareSuffixes(left: string | null, right: string | null): number {
  if (left === right) return 0;
  if (left === null || right === null) return left === null ? 1 : -1;
  const [a, b] = [left.split("."), right.split(".")];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [x, y] = [a[at], b[at]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const order = compareIdentifiers(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(left: string, right: string): number {
  const [a, b] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (a && b && BigInt(left) !== BigInt(right)) return BigInt(left) < BigInt(right) ? -1 : 1;
  if (a !== b) return a ? -1 : 1;
  return compareText(left, right);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
