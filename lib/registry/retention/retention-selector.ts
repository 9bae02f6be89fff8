import { isJsonObject, parseJson, type JsonObject } from "../../oci/parse-json.ts";
import { matchesGlob, parseGlob } from "../../watchlist/select/glob.ts";

/**
 * Parses a selector of Harbor over the tags of an artifact: one tag that fits, or one that does not, is enough. What has no tag is taken
 * or not as the selector's `extras` say. Null if it is of another kind.
 */
export function parseTagSelector({ kind, decoration, pattern, extras }: JsonObject): ((tags: readonly string[]) => boolean) | null {
  const matches = kind === "doublestar" && typeof pattern === "string" ? parsePathPattern(pattern) : null;
  if (matches === null || (decoration !== "matches" && decoration !== "excludes")) return null;
  const isMatch = decoration === "matches";
  const untagged = (readUntagged(extras) ?? isMatch) === isMatch;
  return (tags) => (tags.length === 0 ? untagged : tags.some((tag) => matches(tag) === isMatch));
}

function readUntagged(extras: unknown): boolean | null {
  if (typeof extras !== "string" || extras === "") return null;
  const parsed = parseJson(new TextEncoder().encode(extras));
  return parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value["untagged"] === true : null;
}

/**
 * Parses a pattern over tags or paths: `*`, `?`, `[a-z]` and `{a,b}` within a component, `**` for any components at the end. Null if it
 * contains anything else. https://github.com/bmatcuk/doublestar/tree/v1.3.4#patterns
 */
export function parsePathPattern(pattern: string): ((path: string) => boolean) | null {
  if (pattern === "" || pattern === "**") return () => true;
  const parts = pattern.split("/");
  const isOpen = parts.length > 1 && parts.at(-1) === "**";
  const named = isOpen ? parts.slice(0, -1) : parts;
  if (named.length > 1 && named.includes("**")) return null;
  const globs = named.map(parseGlob);
  if (!globs.every((parsed) => parsed.kind === "parsed")) return null;
  return (path) => {
    const components = path.split("/");
    const fits = isOpen ? components.length > globs.length : components.length === globs.length;
    return fits && globs.every(({ glob }, at) => matchesGlob(glob, components[at]!));
  };
}
