/** One challenge of a `WWW-Authenticate` header. Scheme and parameter names are lower-case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const SPACE = /[ \t]*/y;
const CHALLENGES_LIMIT = 8;
const HEADER_LIMIT_CHARACTERS = 8 * 1024;

/**
 * Parses `WWW-Authenticate` with one or more challenges (RFC 9110 section 11.6.1): quoted values may contain escapes and commas, and Gitea
 * sends several challenges in one line. Parsing ends at the first malformed part. If a parameter is repeated, the first counts.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const scanner = new Scanner(header.slice(0, HEADER_LIMIT_CHARACTERS));
  while (!scanner.isAtEnd() && challenges.length <= CHALLENGES_LIMIT) {
    const name = scanner.readToken();
    if (name === "") break;
    if (scanner.skip("=")) {
      const value = scanner.readValue();
      const parameters = challenges.at(-1)?.parameters;
      if (!parameters || value === null) break;
      if (!parameters.has(name)) parameters.set(name, value);
    } else challenges.push({ scheme: name, parameters: new Map() });
    while (scanner.skip(","));
  }
  return challenges.slice(0, CHALLENGES_LIMIT);
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#match(SPACE);
    return this.#at >= this.#text.length;
  }

  readToken(): string {
    this.#match(SPACE);
    return this.#match(TOKEN).toLowerCase();
  }

  skip(character: string): boolean {
    this.#match(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  readValue(): string | null {
    this.#match(SPACE);
    if (this.#text[this.#at] !== '"') return this.#match(TOKEN) || null;
    let value = "";
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!;
      if (character === '"') {
        this.#at++;
        return value;
      }
      value += character === "\\" ? (this.#text[++this.#at] ?? "") : character;
    }
    return null;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}
