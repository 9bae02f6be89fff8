import { RE2JS } from "re2js";

/** Names with which wild parts are filled in: that nobody wrote them tells that any name will do. */
export const FILLED_NAMES: ReadonlySet<string> = new Set([
  "",
  "app",
  "owner",
  "v1",
  "1",
  "ci",
  "release.yml",
  ".github",
  "workflows",
  "refs",
  "github.com",
]);

/** What people mean by the wild parts of a pattern: pieces of identities, from nothing to a whole one. */
const FILLS = [
  "",
  "app",
  "owner",
  "v1",
  "1",
  "/app",
  "owner/app",
  "/",
  "ci@",
  "ci",
  "@refs/tags/v1",
  "app/.github/workflows/release.yml@refs/tags/v1",
  "/app/.github/workflows/release.yml@refs/tags/v1",
  "/.github/workflows/release.yml@refs/tags/v1",
  ".github/workflows/release.yml@refs/tags/v1",
  "workflows/release.yml@refs/tags/v1",
  "release.yml@refs/tags/v1",
  "release.yml",
  "owner/app/.github/workflows/release.yml",
  "owner/app/.github/workflows/release.yml@refs/tags/v1",
  "refs/tags/v1",
  "github.com",
  "https://",
  "https://github.com/owner/app/.github/workflows/release.yml",
  "https://github.com/owner/app/.github/workflows/release.yml@refs/tags/v1",
] as const;
const SINGLES = ["a", "1", "v", "-", "/", ".", "@", ":", "s", "A", " "] as const;
/** Enough for every way in which a few wild parts can be meant. */
const EXAMPLES_LIMIT = 400;
const REPEATS_LIMIT = 16;

/**
 * Identities that a pattern matches, as far as its author may have meant them: each wild part filled in by a piece of an identity. A
 * construction that is not read here (there are none in ordinary patterns) only makes examples that do not match; those are left out.
 */
export function examplesOf(pattern: string, matches: (identity: string) => boolean): string[] {
  const reader = new PatternReader(pattern);
  const examples = reader.alternatives();
  return reader.ended ? examples.filter((example) => example !== "" && matches(example)) : [];
}

/** Reads the RE2 syntax from left to right and answers with the texts that each part stands for. */
class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get ended(): boolean {
    return this.#at >= this.#pattern.length;
  }

  alternatives(): string[] {
    const branches = [this.#sequence()];
    while (this.#take("|")) branches.push(this.#sequence());
    // Each branch has its share: a weak one may stand behind a careful one.
    const share = Math.max(1, Math.floor(EXAMPLES_LIMIT / branches.length));
    return unique(branches.flatMap((branch) => branch.slice(0, share)));
  }

  #sequence(): string[] {
    let texts = [""];
    while (!this.ended && this.#pattern[this.#at] !== "|" && this.#pattern[this.#at] !== ")") {
      const part = this.#repeated();
      texts = joinAll(texts, part);
    }
    return texts;
  }

  #repeated(): string[] {
    const start = this.#at;
    const wild = this.#isWild();
    const atom = this.#atom(wild);
    const source = this.#pattern.slice(start, this.#at);
    const repeat = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.#pattern.slice(this.#at))?.[0] ?? "";
    this.#at += repeat.length;
    if (repeat === "") return atom;
    if (wild) return fillsOf(`${source}${repeat}`);
    const least = repeat.startsWith("+") ? 1 : Number(/^\{(\d+)/.exec(repeat)?.[1] ?? 0);
    const repeated = least === 0 ? ["", ...atom] : atom.map((text) => text.repeat(Math.min(least, REPEATS_LIMIT)));
    return unique(repeated);
  }

  #isWild(): boolean {
    const rest = this.#pattern.slice(this.#at);
    return /^(?:\.|\[|\\[wWdDsSpP])/.test(rest);
  }

  #atom(wild: boolean): string[] {
    const start = this.#at;
    if (this.#take("(")) return this.#group();
    if (wild) {
      this.#skipClass();
      return singlesOf(this.#pattern.slice(start, this.#at));
    }
    if (this.#take("^") || this.#take("$")) return [""];
    if (!this.#take("\\")) return [this.#next()];
    const escaped = this.#next();
    if (escaped === "Q") return [this.#quoted()];
    if ("AzbB".includes(escaped)) return [""];
    return [escaped];
  }

  #group(): string[] {
    const head = /^\?(?:P?<\w+>|[imsU-]*:)/.exec(this.#pattern.slice(this.#at))?.[0];
    const flags = /^\?[imsU-]+\)/.exec(this.#pattern.slice(this.#at))?.[0];
    this.#at += head?.length ?? flags?.length ?? 0;
    if (flags !== undefined) return [""];
    const inner = this.alternatives();
    this.#take(")");
    return inner;
  }

  /** Over `.`, `\w`, `\p{…}` or `[…]`, in which a first `]` and `[:name:]` belong to the class. */
  #skipClass(): void {
    const rest = this.#pattern.slice(this.#at);
    const found = /^(?:\.|\\[pP]\{[^}]*\}|\\[pP]?.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])/s.exec(rest)?.[0];
    this.#at += found?.length ?? rest.length;
  }

  #quoted(): string {
    const end = this.#pattern.indexOf(String.raw`\E`, this.#at);
    const text = end < 0 ? this.#pattern.slice(this.#at) : this.#pattern.slice(this.#at, end);
    this.#at = end < 0 ? this.#pattern.length : end + 2;
    return text;
  }

  #next(): string {
    const character = this.#pattern[this.#at] ?? "";
    this.#at += 1;
    return character;
  }

  #take(character: string): boolean {
    if (this.#pattern[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

const KNOWN_FILLS = new Map<string, string[]>();

/** The pieces that a wild part takes, by the word of the engine itself. */
function fillsOf(source: string): string[] {
  const known = KNOWN_FILLS.get(source);
  if (known !== undefined) return known;
  const part = RE2JS.compile(source);
  const fills = FILLS.filter((fill) => part.matches(fill));
  const found = fills.length > 0 ? fills : SINGLES.map((single) => single.repeat(3)).filter((text) => part.matches(text));
  if (KNOWN_FILLS.size < EXAMPLES_LIMIT) KNOWN_FILLS.set(source, found);
  return found;
}

function singlesOf(source: string): string[] {
  // Somebody forgot to write \\. and means a dot.
  if (source === ".") return ["."];
  const part = RE2JS.compile(source);
  return SINGLES.filter((single) => part.matches(single)).slice(0, 2);
}

/** Nobody means an identity with two schemes, hosts, workflows or refs in it. */
function isLikely(text: string): boolean {
  return [/https?:\/\//g, /@/g, /\.github\/workflows/g, /github\.com/g, /refs\/tags\//g, /\.yml/g].every(
    (piece) => [...text.matchAll(piece)].length <= 1,
  );
}

function joinAll(texts: readonly string[], part: readonly string[]): string[] {
  const joined = new Set<string>();
  for (const text of texts) {
    for (const more of part) {
      if (isLikely(text + more)) joined.add(text + more);
      if (joined.size >= EXAMPLES_LIMIT) return [...joined];
    }
  }
  return [...joined];
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].slice(0, EXAMPLES_LIMIT);
}
