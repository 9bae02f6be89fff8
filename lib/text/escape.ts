/**
 * The escapers. All text from a registry, certificate or payload leaves through one of them (architecture section 11). Escaped text cannot
 * move a cursor, reorder or hide text (https://trojansource.codes/), or end a line, argument or string.
 */

/** The longest piece of foreign text that is shown, in characters, escapes included. */
const TEXT_LIMIT_CHARACTERS = 256;

/** Controls, format and bidirectional characters, line separators, invisible fillers, lone surrogates, all spaces but U+0020. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]|(?! )\p{Zs}/gu;
const OUTSIDE_ASCII = /[^\x20-\x7e]/gu;
const PLAIN_ARGUMENT = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** Escapes one line for people: unshowable characters become `\u{…}`, and `…` replaces everything after `limit` characters. */
export function escapeText(text: string, limit = TEXT_LIMIT_CHARACTERS): string {
  return cut(text, UNSHOWABLE, limit, "…");
}

/** Escapes like {@link escapeText}, but to printable ASCII (subjects of mail and SNS); cut text ends in `...`. */
export function escapeAscii(text: string, limit = TEXT_LIMIT_CHARACTERS): string {
  return cut(text, OUTSIDE_ASCII, limit, "...");
}

/**
 * Quotes any text as one argument for a POSIX shell: a plain word stays as it is, other text is in single quotes. `"$(printf '…')"` prints
 * unshowable characters as octal bytes, so that a pasted command neither runs at a hidden line feed nor shows a different argument. It
 * leaves out NUL, which no argument can contain, and line feeds at the very end.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function quoteShell(argument: string): string {
  if (PLAIN_ARGUMENT.test(argument)) return argument;
  if (argument.search(UNSHOWABLE) < 0) return `'${argument.replaceAll("'", `'\\''`)}'`;
  // Bytes also replace everything that printf or an interactive shell would interpret (`\`, `%`, a leading `-`, `!`).
  const format = argument.replaceAll("\0", "").replace(/[^A-Za-z0-9 _@+=:,./]/gu, octalBytes);
  return `"$(printf '${format}')"`;
}

const UNSHOWABLE_IN_JSON = new RegExp(`(?!\\n)(?:${UNSHOWABLE.source})`, "gu");

/** Formats indented JSON with unshowable characters as `\uXXXX`, so that it cannot deceive a terminal. Its value is the same. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSHOWABLE_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, at) => unicodeEscape(character.charCodeAt(at))).join(""),
  );
}

/** The size of a piece: small enough for a pipe and for memory. */
const PIECE_CHARACTERS = 64 * 1024;

/** Formats the text of {@link formatJson} in pieces. In a document with long lists, only one entry is formatted at a time. */
export function* formatJsonPieces(document: object): Generator<string> {
  let piece = "{";
  let separator = "\n  ";
  for (const [key, value] of Object.entries(document)) {
    piece += `${separator}${formatJson(key)}: `;
    separator = ",\n  ";
    if (!Array.isArray(value) || value.length === 0) {
      piece += indent(formatJson(value), "  ");
      continue;
    }
    for (const [at, entry] of value.entries()) {
      piece += `${at === 0 ? "[" : ","}\n    ${indent(formatJson(entry), "    ")}`;
      if (piece.length < PIECE_CHARACTERS) continue;
      yield piece;
      piece = "";
    }
    piece += "\n  ]";
  }
  yield separator === "\n  " ? "{}" : `${piece}\n}`;
}

/** Indents JSON text. Its strings never contain a line feed. */
function indent(json: string, by: string): string {
  return json.replaceAll("\n", `\n${by}`);
}

function cut(text: string, escaped: RegExp, limit: number, end: string): string {
  // Most text needs no escape, and a report has millions of pieces. `search` ignores `lastIndex`, whatever the flags.
  if (text.length <= limit && text.search(escaped) < 0) return text;
  // Foreign text may be megabytes, so nothing beyond the limit is read. A character has at most two code units.
  const shown = Array.from(text.slice(0, 2 * (limit + 1)), (character) => character.replace(escaped, codePointEscape));
  let length = 0;
  for (const [at, piece] of shown.entries()) {
    length += piece.length > 2 ? piece.length : 1;
    if (length > limit) return `${shown.slice(0, at).join("")}${end}`;
  }
  return shown.join("");
}

function codePointEscape(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function unicodeEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

function octalBytes(character: string): string {
  return Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
