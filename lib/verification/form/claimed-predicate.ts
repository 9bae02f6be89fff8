import { PREDICATE_TYPE_LIMIT_CHARACTERS } from "../limits.ts";
import { STATEMENT_TYPES } from "./parse-statement.ts";

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [BRACE, BRACE_END, BRACKET, BRACKET_END] = [0x7b, 0x7d, 0x5b, 0x5d];
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Returns the predicate type that bytes claim if they look like a statement, or null. They are only scanned: whoever can push may have
 * written megabytes of objects, and nobody vouches for them yet. What it returns for a statement that can be parsed is what parsing returns.
 */
export function claimedPredicateType(bytes: Uint8Array): string | null {
  const members = scanMembers(bytes);
  if (members === null) return null;
  const [type, subject, predicate] = ["_type", "subject", "predicateType"].map((name) => members.get(name));
  if (type === undefined || subject === undefined || predicate === undefined) return null;
  const claimed = readText(bytes, predicate);
  const isStatement = STATEMENT_TYPES.has(readText(bytes, type)) && bytes[subject] === BRACKET;
  return isStatement && claimed !== "" && bytes[skipSpaces(bytes, subject + 1)] === BRACE ? claimed : null;
}

/** Returns where the value of each member of the outermost object begins; null if that is no object, or names a key twice. */
function scanMembers(bytes: Uint8Array): ReadonlyMap<string, number> | null {
  let at = skipSpaces(bytes, 0);
  if (bytes[at] !== BRACE) return null;
  const members = new Map<string, number>();
  do {
    const start = skipSpaces(bytes, at + 1);
    if (bytes[start] !== QUOTE) return null;
    const name = readText(bytes, start);
    const colon = skipSpaces(bytes, endOfText(bytes, start) + 1);
    if (name === null || members.has(name) || members.size >= MEMBERS_LIMIT || bytes[colon] !== COLON) return null;
    const value = skipSpaces(bytes, colon + 1);
    members.set(name, value);
    at = skipSpaces(bytes, endOfValue(bytes, value));
  } while (bytes[at] === COMMA);
  return bytes[at] === BRACE_END ? members : null;
}

/** A statement has four. */
const MEMBERS_LIMIT = 64;

/** Returns what stands where a value ends. */
function endOfValue(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === BRACE || byte === BRACKET) depth++;
    else if (depth === 0 && (byte === COMMA || byte === BRACE_END || byte === BRACKET_END)) return at;
    else if (byte === BRACE_END || byte === BRACKET_END) depth--;
  }
  return bytes.length;
}

/** Returns where the text that begins with a quotation mark ends with one. */
function endOfText(bytes: Uint8Array, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH && end - 1 - escapes > start) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return bytes.length;
}

function skipSpaces(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && SPACES.has(bytes[at]!)) at++;
  return at;
}

function readText(bytes: Uint8Array, start: number): string | null {
  const end = endOfText(bytes, start);
  if (bytes[start] !== QUOTE || end >= bytes.length || end - start > PREDICATE_TYPE_LIMIT_CHARACTERS) return null;
  try {
    return String(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end + 1))));
  } catch {
    return null;
  }
}
