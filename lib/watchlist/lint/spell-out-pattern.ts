import { RE2JS } from "re2js";

/** Marks each text that a stranger put into an identity. */
export const STRANGE = "\u0001";

const FILE = ".github/workflows/release.yml";
const WORKFLOW = `${FILE}@refs/tags/v1`;
/** Texts for a wildcard of a pattern: parts of an identity, from nothing to a complete one, then what a stranger writes there. */
const FILLS = [
  "",
  "app",
  `app/${WORKFLOW}`,
  `/app/${WORKFLOW}`,
  WORKFLOW,
  "release.yml",
  "release.yml@refs/tags/v1",
  "refs/tags/v1",
  "@refs/tags/v1",
  "workflows/release.yml@refs/tags/v1",
  FILE,
  `${STRANGE}.stranger.example`,
  `${STRANGE}evil`,
  `https://${STRANGE}evil`,
  `ci@${STRANGE}evil`,
  `${STRANGE}-stranger`,
  `${STRANGE}-stranger/app`,
  `${STRANGE}-stranger/app/${WORKFLOW}`,
  `${STRANGE}stranger`,
  `${STRANGE}stranger/app`,
  `${STRANGE}stranger/app/${WORKFLOW}`,
  `${STRANGE}stranger.example`,
  `https://${STRANGE}stranger.example/owner/app/${FILE}`,
];
const SINGLES = ["a", "1", "v", "-", "/", ".", "@", ":", "A", " "];
const BRANCHES_LIMIT = 4096;
const TEXTS_LIMIT = 1000;
const REPEATS_LIMIT = 16;

const REPEAT = String.raw`(?:(?<repeat>[*+?]|\{\d+(?:,\d*)?\})\??)?`;
const CLASS = String.raw`\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]`;
const GROUP = new RegExp(String.raw`(?<!\\)\((?:\?(?:P?<\w+>|[imsU-]*:))?(?<inner>(?:\\.|${CLASS}|[^()[\\])*)\)${REPEAT}`, "s");
const PIECE = new RegExp(String.raw`(?<atom>\\[pP](?:\{[^}]*\}|[A-Za-z])|\\.|${CLASS}|.)${REPEAT}`, "gs");

/**
 * Expands the groups of a pattern: one text for each way through its alternatives, up to a limit. Unusual syntax is not understood, and
 * gives texts that the pattern does not match.
 */
export function branchesOf(pattern: string): string[] {
  const plain = pattern
    .replaceAll(/\\Q(?<text>.*?)(?:\\E|$)/gs, (_quoted, text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .replaceAll(/\(\?[imsU-]+\)/g, "");
  return [...new Set(expand(plain).take(BRANCHES_LIMIT))];
}

function* expand(pattern: string): Generator<string> {
  const group = GROUP.exec(pattern);
  if (group === null) return yield* alternativesOf(pattern);
  const { inner = "", repeat = "" } = group.groups ?? {};
  const after = pattern.slice(group.index + group[0].length);
  for (const text of repeated(alternativesOf(inner), repeat)) yield* expand(pattern.slice(0, group.index) + text + after);
}

function alternativesOf(pattern: string): string[] {
  const bars = [...pattern.matchAll(PIECE)].filter(([piece]) => piece.startsWith("|")).map(({ index }) => index);
  return [-1, ...bars].map((bar, at) => pattern.slice(bar + 1, bars[at]));
}

/** Returns identities that a branch may match, with its wildcards filled in. What a stranger chose follows {@link STRANGE}. */
export function spellOut(branch: string): string[] {
  return [...branch.matchAll(PIECE)].reduce<string[]>(
    (texts, { groups }) => {
      const part = textsOf(groups?.["atom"] ?? "", groups?.["repeat"] ?? "");
      return [...new Set(texts.flatMap((text) => part.map((more) => text + more)))].filter(isLikely).slice(0, TEXTS_LIMIT);
    },
    [""],
  );
}

function textsOf(atom: string, repeat: string): string[] {
  if (/^(?:[\^$]|\\[AzbB])$/.test(atom)) return [""];
  if (!/^(?:\.$|\[|\\[wWdDsSpP])/.test(atom)) return repeated([atom.at(-1) ?? ""], repeat);
  // The author means a dot, and forgot to escape it.
  if (atom === "." && repeat === "") return [".", `${STRANGE}x`];
  const part = RE2JS.compile(atom + repeat);
  const fills = repeat === "" ? [] : FILLS.filter((fill) => part.matches(fill.replace(STRANGE, "")));
  return fills.length > 0
    ? fills
    : SINGLES.flatMap((single) => repeated([single], repeat))
        .filter((text) => part.matches(text))
        .slice(0, 2);
}

function repeated(texts: readonly string[], repeat: string): string[] {
  const least = Number(/^\{(\d+)/.exec(repeat)?.[1] ?? (/^[*?]/.test(repeat) ? 0 : 1));
  return least === 0 ? ["", ...texts] : texts.map((text) => text.repeat(Math.min(least, REPEATS_LIMIT)));
}

const STRANGES = new RegExp(STRANGE, "g");

/** Drops identities with two schemes, workflows or refs, which nobody intends. One stranger is enough. */
function isLikely(text: string): boolean {
  return [/https?:\/\//g, /@/g, /\.github\/workflows/g, /refs\/tags\//g, /\.yml/g, STRANGES].every(
    (piece) => [...text.matchAll(piece)].length <= 1,
  );
}
