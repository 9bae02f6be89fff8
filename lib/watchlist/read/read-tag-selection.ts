import { parseGlob } from "../select/glob.ts";
import { quoteFound } from "./quote-found.ts";
import { readInteger, readMapping, readParsed, readTexts } from "./read-value.ts";
import { reportError, type YamlValue } from "./source-file.ts";
import { parseVersionRange } from "../select/version-range.ts";
import { parseVersionTag } from "../select/version-tag.ts";
import type { TagSelection } from "../watch-list.ts";

/** The releases of a repository without `tags:`. */
export const DEFAULT_SELECTION: TagSelection = { include: null, exclude: [], semver: null, newest: null, moving: null };

const NEWEST_MOST = 1_000_000;

/** Reads `tags:`. */
export function readTagSelection(value: YamlValue): TagSelection {
  const fields = readMapping(value, ["include", "exclude", "semver", "newest", "moving"]);
  if (fields === null) return DEFAULT_SELECTION;
  return {
    include: readGlobs(fields.include),
    exclude: readGlobs(fields.exclude, { empty: true }) ?? [],
    semver: readRange(fields.semver),
    newest: readInteger(fields.newest, { least: 1, most: NEWEST_MOST }),
    moving: readGlobs(fields.moving, { empty: true }),
  };
}

/** Reads a list of patterns over tags. A pattern that is malformed, or could match no tag, is reported and left out. */
export function readGlobs(value: YamlValue | undefined, options: { empty?: boolean } = {}): string[] | null {
  const texts = readTexts(value, options);
  if (texts === null) return null;
  return texts.flatMap(({ text, at }) => {
    const parsed = parseGlob(text);
    if (parsed.kind === "parsed") return text;
    const negated = text.startsWith("!");
    const remedy = negated ? "write it under exclude:, without !" : "write a glob such as v*, *-rc* or 1.2.? (no regular expression)";
    return reportError(at, "bad-glob", `found ${quoteFound(text)} for ${value?.label}: ${parsed.detail}`, remedy) ?? [];
  });
}

/** Reads `signedSince:`, a version tag. */
export function readVersion(value: YamlValue | undefined): string | null {
  const [form, fault, remedy] = ["a version tag such as v1.4.0", "no version tag", "write three numbers, such as v1.4.0"];
  return readParsed(value, (text) => parseVersionTag(text)?.tag ?? null, { form, code: "bad-version", fault, remedy });
}

function readRange(value: YamlValue | undefined): string | null {
  const parse = (text: string): string | null => (parseVersionRange(text) === null ? null : text);
  return readParsed(value, parse, { code: "bad-range", fault: "no range of versions", remedy: "write one such as >=1.0.0 or ^2.1" });
}
