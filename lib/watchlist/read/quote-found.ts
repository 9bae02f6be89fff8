const QUOTED_LIMIT_CHARACTERS = 60;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text of a watch list as part of a message: quoted, at most 60 characters, control and bidirectional characters as escapes.
 * PEM text is named and never shown, because it may hold a private key.
 */
export function quoteFound(text: string): string {
  if (text.includes("-----BEGIN")) return "PEM text";
  const shown = text.length > QUOTED_LIMIT_CHARACTERS ? `${text.slice(0, QUOTED_LIMIT_CHARACTERS - 1)}…` : text;
  return `"${escapeUnprintable(shown)}"`;
}

/** Control, format and separator characters as `\u{…}`: one line stays one line, and reads in one direction. */
export function escapeUnprintable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
