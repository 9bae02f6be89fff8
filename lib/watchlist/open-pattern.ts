import { quoteFound } from "./quote-found.ts";
import { reportWarning, type YamlValue } from "./source-file.ts";

const STRANGER = "https://stranger.example/anything";
const WORKFLOW = "/app/.github/workflows/release.yml@refs/tags/v1";
const OWNER = /^(https:\/\/[\w.-]+\/)([A-Za-z\d-]+)/;

/**
 * Warns of a pattern that lets in somebody whom it was surely not meant for, and names that identity:
 * it matches anything, an unescaped dot of a host name matches a letter, or another owner's name continues the one that is meant.
 */
export function reportOpenPattern(value: YamlValue, pattern: string, matches: (identity: string) => boolean): void {
  const slips = strangersOf(pattern).find(matches);
  if (slips === undefined) return reportPart(value, pattern);
  const remedy = slips === STRANGER ? "write the part that only you control" : String.raw`write dots as \. and end the owner's name with /`;
  reportWarning(value, "weak-pattern", `found ${quoteFound(pattern)} for ${value.label}, which also lets in ${slips}`, remedy);
}

/** Identities are web addresses, other URIs or e-mail addresses: a pattern of a part of one matches nobody here, unlike in other tools. */
function reportPart(value: YamlValue, pattern: string): void {
  const meant = meantIdentity(pattern, "v1");
  if (meant.includes("://") || meant.includes("@")) return;
  const message = `found ${quoteFound(pattern)} for ${value.label}, which matches a part of an identity; patterns here match the whole identity`;
  reportWarning(value, "part-pattern", message, "write the whole, from https:// (or the name before @) to the end");
}

/** Identities that a careful pattern refuses, made from one that the pattern seems to mean. */
function strangersOf(pattern: string): string[] {
  const meant = meantIdentity(pattern, "v1");
  const host = /^https:\/\/([\w.-]+)/.exec(meant)?.[1] ?? "";
  const dotless = [...host.matchAll(/\./g)].map(({ index }) => meant.replace(host, `${host.slice(0, index)}x${host.slice(index + 1)}`));
  const domain = /@([\w.-]+)$/.exec(meant)?.[1] ?? "";
  const foreign = [...domain.matchAll(/\./g)].map(
    ({ index }) => meant.slice(0, -domain.length) + `${domain.slice(0, index)}x${domain.slice(index + 1)}`,
  );
  const shortest = meantIdentity(pattern, "");
  // Wild at its start, it matches whatever ends like the identity that is meant.
  const embedded =
    meant.startsWith("https://") && !/^\^?(?:\.|\[)/.test(pattern)
      ? []
      : [`https://stranger.example/${shortest}`, `https://stranger.example/${meant}`];
  const owners = ["$1$2-stranger", `$1$2-stranger${WORKFLOW}`].map((owner) => shortest.replace(OWNER, owner));
  return [STRANGER, ...[...dotless, ...foreign, ...owners, ...embedded].filter((identity) => identity !== meant && identity !== shortest)];
}

/** The pattern read as the text that it stands for: wild parts filled in, escapes undone, anchors away. */
function meantIdentity(pattern: string, wild: string): string {
  return pattern
    .replace(/^\^/, "")
    .replace(/\$$/, "")
    .replaceAll(/\{(?:tag|version)\}/g, "v1")
    .replaceAll(/(?:\[[^\]]+\]|\\[wdSW]|(?<!\\)\.)(?:[*+]\??|\{\d+,?\d*\})/g, wild)
    .replaceAll(/\\(.)/g, "$1");
}
