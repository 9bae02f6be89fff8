/**
 * A tag that names a version: `v?N.N.N[.N…][-suffix][_build]`, its numbers without leading zeros (architecture section 4). Every other
 * selected tag is moving.
 */
export interface VersionTag {
  readonly tag: string;
  /** At least three numbers, as written. They may be too long for a JavaScript number. */
  readonly numbers: readonly string[];
  /** What follows the first `-` after the numbers, up to the build; or null. */
  readonly suffix: string | null;
  /** Build metadata, or null. A tag cannot contain the `+` before it, so Helm writes `_`: https://helm.sh/docs/topics/registries/ */
  readonly build: string | null;
}

const VERSION_TAG = /^v?(?<numbers>(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2,})(?:-(?<suffix>[^_]+))?(?:_(?<build>.+))?$/;

/** Parses a version tag, or returns null. */
export function parseVersionTag(tag: string): VersionTag | null {
  const groups = VERSION_TAG.exec(tag)?.groups;
  if (groups?.["numbers"] === undefined) return null;
  return { tag, numbers: groups["numbers"].split("."), suffix: groups["suffix"] ?? null, build: groups["build"] ?? null };
}

/**
 * Compares two versions, negative if `left` is lower: number by number, then a suffix before none, and suffixes by identifier as in
 * Semantic Versioning section 11. But digits inside an identifier count as numbers (`rc9` before `rc10`), because tags are written that
 * way. Returns 0 for the same version, with or without `v`, whatever its build: section 10 gives builds no order.
 */
export function compareVersionTags(left: VersionTag, right: VersionTag): number {
  return compareLists(left.numbers, right.numbers, compareNumbers) || compareSuffixes(left.suffix, right.suffix);
}

/** Compares tags in a total order: version tags in version order and by their builds, then the others by their characters. */
export function compareTags(left: string, right: string): number {
  const [leftVersion, rightVersion] = [parseVersionTag(left), parseVersionTag(right)];
  if (leftVersion && rightVersion) {
    return (
      compareVersionTags(leftVersion, rightVersion) || compareBuilds(leftVersion.build, rightVersion.build) || compareText(left, right)
    );
  }
  if (leftVersion || rightVersion) return leftVersion ? -1 : 1;
  return compareText(left, right);
}

/**
 * Sorts tags by {@link compareTags}, from the lowest. A repository may have a million, so most of them are compared by numbers that stand
 * for theirs.
 */
export function sortTags(tags: readonly string[]): string[] {
  const keyed = tags.map(keyOf);
  keyed.sort((left, right) => left.first - right.first || left.last - right.last || compareTags(left.tag, right.tag));
  return keyed.map(({ tag }) => tag);
}

/** Numbers that order as the first two and the third of a version do; NaN, which orders nothing, if there are others or longer ones. */
function keyOf(tag: string): { readonly tag: string; readonly first: number; readonly last: number } {
  const numbers = parseVersionTag(tag)?.numbers ?? [];
  const [major = "", minor = "", patch = ""] = numbers;
  if (numbers.length !== 3 || major.length > 8 || minor.length > 7 || patch.length > 15)
    return { tag, first: Number.NaN, last: Number.NaN };
  return { tag, first: Number(major) * 1e7 + Number(minor), last: Number(patch) };
}

function compareSuffixes(left: string | null, right: string | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return compareLists(left.split("."), right.split("."), compareIdentifiers);
}

/** Not an order of versions. It only keeps lists readable: a version, then its builds from the lowest. */
function compareBuilds(left: string | null, right: string | null): number {
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return compareLists(left.split("."), right.split("."), compareIdentifiers);
}

function compareIdentifiers(left: string, right: string): number {
  const byKind = Number(isNumber(right)) - Number(isNumber(left));
  return byKind || compareLists(splitDigits(left), splitDigits(right), compareRuns);
}

function splitDigits(identifier: string): readonly string[] {
  return identifier.match(/\d+|\D+/g) ?? [];
}

function compareRuns(left: string, right: string): number {
  return isNumber(left) && isNumber(right) ? compareNumbers(left, right) : compareText(left, right);
}

function compareLists(left: readonly string[], right: readonly string[], compare: (left: string, right: string) => number): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const order = compare(left[at]!, right[at]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

/** Compares numbers as text of digits, because a tag may have more digits than a number can. */
function compareNumbers(left: string, right: string): number {
  const [leftDigits, rightDigits] = [left.replace(/^0+/, ""), right.replace(/^0+/, "")];
  return leftDigits.length - rightDigits.length || compareText(leftDigits, rightDigits);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
