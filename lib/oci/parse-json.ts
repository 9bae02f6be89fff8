/** Deeper than any existing manifest, bundle or statement. It bounds the stack of a parser. */
export const JSON_DEPTH_LIMIT = 32;

interface ParseOptions {
  readonly duplicateKeys?: "refuse" | "last";
  /** The most values that a document may hold. Each takes some ten times the memory of its two or three bytes. */
  readonly values?: number;
}

type ParsedJson = { kind: "parsed"; value: unknown } | { kind: "malformed"; detail: string };

/**
 * Parses JSON that an attacker may have written: strict UTF-8, depth at most {@link JSON_DEPTH_LIMIT}. With `duplicateKeys: "refuse"`, no
 * object may repeat a key: JSON.parse silently keeps the last, so two readers could see two documents in the same signed bytes. With `values`,
 * a document of more values is refused before anything of it is built.
 */
export function parseJson(bytes: Uint8Array, options: ParseOptions = {}): ParsedJson {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { kind: "malformed", detail: "not UTF-8" };
  }
  const fault = faultOf(text, options);
  if (fault) return { kind: "malformed", detail: fault };
  try {
    return { kind: "parsed", value: JSON.parse(text) as unknown };
  } catch {
    return { kind: "malformed", detail: "not JSON" };
  }
}

/** Tracks only nesting and keys in one pass over the text. JSON.parse checks the grammar afterwards. */
function faultOf(text: string, { duplicateKeys, values = Number.POSITIVE_INFINITY }: ParseOptions): string | null {
  const refuseDuplicates = duplicateKeys === "refuse";
  const open: (Set<string> | null)[] = [];
  // Each value but the first of all follows one of these. It may be the closing bracket of an empty list, which takes no less.
  let seen = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if ((character === "," || character === "{" || character === "[") && ++seen > values) return `more than ${values} values`;
    if (character === "{" || character === "[") {
      open.push(character === "{" && refuseDuplicates ? new Set() : null);
      if (open.length > JSON_DEPTH_LIMIT) return `nested deeper than ${JSON_DEPTH_LIMIT}`;
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (end < 0) return "not JSON";
      const keys = open.at(-1);
      if (refuseDuplicates && keys && isKey(text, end)) {
        const key = text.slice(at, end + 1);
        const name = key.includes("\\") ? decode(key) : key.slice(1, -1);
        if (keys.has(name)) return "an object names a key twice";
        keys.add(name);
      }
      at = end;
    }
  }
  return null;
}

/** Most texts have no escapes, and some have megabytes, so the end is looked for as a whole. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\" && end - 1 - escapes > start) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return -1;
}

function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return text[at] === ":";
}

function decode(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

export type JsonObject = { readonly [key: string]: unknown };

/** Reports whether a value is a JSON object, neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
