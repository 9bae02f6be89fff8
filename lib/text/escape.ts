/**
 * The escapers: text from a registry, certificate or payload leaves through one of these (architecture section 11).
 * What is escaped cannot move a cursor, reorder or hide text (https://trojansource.codes/), or end a line, argument or string.
 */

/** Longest piece of foreign text that is shown, in characters, escapes included. */
const TEXT_LIMIT_CHARACTERS = 256;

/** Controls, format and bidirectional characters, line and paragraph separators, invisible fillers, lone surrogates, spaces that are no U+0020. */
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]|(?! )\p{Zs}/gu;
const OUTSIDE_ASCII = /[^\x20-\x7e]/gu;
const PLAIN_ARGUMENT = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** One line for people: what cannot be shown becomes `\u{…}`, and after `limit` characters (256 unless told) there is only `…`. */
export function escapeText(text: string, limit = TEXT_LIMIT_CHARACTERS): string {
  return cut(text, UNSHOWABLE, limit, "…");
}

/** As {@link escapeText}, in printable ASCII only (mail subjects, SNS subjects); ends in `...` where it was cut. */
export function escapeAscii(text: string, limit = TEXT_LIMIT_CHARACTERS): string {
  return cut(text, OUTSIDE_ASCII, limit, "...");
}

/**
 * One argument for a POSIX shell, whatever the text is: a plain word as it is, otherwise in single quotes.
 * Unshowable characters are printed by `"$(printf '…')"` as octal bytes, so that a pasted command neither runs at a
 * hidden line feed nor shows another argument than it has. A NUL, which no argument can hold, is left out there,
 * and so are line feeds at the very end.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function quoteShell(argument: string): string {
  if (PLAIN_ARGUMENT.test(argument)) return argument;
  if (argument.search(UNSHOWABLE) < 0) return `'${argument.replaceAll("'", `'\\''`)}'`;
  // Whatever printf or an interactive shell would read (`\`, `%`, a leading `-`, `!`) becomes bytes too.
  const format = argument.replaceAll("\0", "").replace(/[^A-Za-z0-9 _@+=:,./]/gu, octalBytes);
  return `"$(printf '${format}')"`;
}

const UNSHOWABLE_IN_JSON = new RegExp(`(?!\\n)(?:${UNSHOWABLE.source})`, "gu");

/** JSON, indented, in which no character can play tricks on a terminal: unshowable ones are `\uXXXX`. The value it denotes is the same. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSHOWABLE_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, at) => unicodeEscape(character.charCodeAt(at))).join(""),
  );
}

/** Pieces of a long text: few enough for a pipe, small enough for memory. */
const PIECE_CHARACTERS = 64 * 1024;

/** The text of {@link formatJson}, in pieces: of a document with long lists only one entry is formatted at a time. */
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

/** No string of a JSON text has a line feed of its own. */
function indent(json: string, by: string): string {
  return json.replaceAll("\n", `\n${by}`);
}

function cut(text: string, escaped: RegExp, limit: number, end: string): string {
  // Nearly all text is as it is shown, and a report has millions of pieces. `search` begins at the start whatever the flags.
  if (text.length <= limit && text.search(escaped) < 0) return text;
  // Foreign text may be megabytes: nothing beyond the limit is looked at. A character is at most two code units.
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
