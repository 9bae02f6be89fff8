import { globCovers, globsOverlap } from "../select/glob-relation.ts";
import { parseGlob, type Glob } from "../select/glob.ts";
import { parseVersionRange, rangesOverlap } from "../select/version-range.ts";
import { parseVersionTag } from "../select/version-tag.ts";
import type { TagSelection } from "../watch-list.ts";

/** A part of a selection: the tags of one kind that match one glob. */
interface SelectionPart {
  readonly kind: "version" | "moving";
  readonly glob: Glob;
}

const ANY = globOf("*");
/** At least the default. A larger set can only report an overlap that a person should look at. */
const DEFAULT_MOVING = ["latest", "stable", "edge", "v[0-9]*", "[0-9]*"].map(globOf);

/** Finds tags that both selections of one repository may match, in doubt too many: a pair of patterns for people, or null. */
export function findOverlap(left: TagSelection, right: TagSelection): { left: string; right: string } | null {
  const rangesMeet = mayRangesMeet(left, right);
  for (const one of partsOf(left)) {
    for (const other of partsOf(right)) {
      if (one.kind !== other.kind || (one.kind === "version" && !rangesMeet)) continue;
      if (!globsOverlap(one.glob, other.glob) || isExcluded(one, right) || isExcluded(other, left)) continue;
      return { left: describe(one), right: describe(other) };
    }
  }
  return null;
}

/** Reports whether a selection surely matches no tag, because it leaves out whatever it takes. */
export function selectsNothing(selection: TagSelection): boolean {
  return partsOf(selection).every((part) => isExcluded(part, selection));
}

function partsOf({ include, moving }: TagSelection): SelectionPart[] {
  const versions = include === null ? [ANY] : include.map(globOf);
  const others = moving?.map(globOf) ?? include?.map(globOf) ?? DEFAULT_MOVING;
  return [
    ...versions.filter(mayBeVersion).map((glob) => ({ kind: "version" as const, glob })),
    ...others.filter(mayMove).map((glob) => ({ kind: "moving" as const, glob })),
  ];
}

/** Reports whether a pattern may match a version. A pattern without wildcards is one tag, whose kind is known. */
function mayBeVersion({ pattern }: Glob): boolean {
  return isWild(pattern) || parseVersionTag(pattern) !== null;
}

function mayMove({ pattern }: Glob): boolean {
  return isWild(pattern) || parseVersionTag(pattern) === null;
}

function isWild(pattern: string): boolean {
  return /[*?[{]/.test(pattern);
}

function isExcluded(part: SelectionPart, { exclude }: TagSelection): boolean {
  return exclude.some((pattern) => globCovers(globOf(pattern), part.glob));
}

function mayRangesMeet(left: TagSelection, right: TagSelection): boolean {
  const ranges = [left.semver, right.semver].map((text) => (text === null ? null : parseVersionRange(text)));
  const [one, other] = ranges;
  return !one || !other || rangesOverlap(one, other);
}

function describe({ kind, glob }: SelectionPart): string {
  if (!isWild(glob.pattern)) return glob.pattern;
  return glob === ANY ? `${kind} tags` : `${kind} tags ${glob.pattern}`;
}

function globOf(pattern: string): Glob {
  const parsed = parseGlob(pattern);
  return parsed.kind === "parsed" ? parsed.glob : { pattern, alternatives: [] };
}
