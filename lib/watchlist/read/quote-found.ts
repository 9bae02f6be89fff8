const QUOTED_LIMIT_CHARACTERS = 60;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Quotes text of a watch list for a message: at most 60 characters, with control and bidirectional characters escaped. PEM text is never
 * shown, because it may contain a private key.
 */
export function quoteFound(text: string): string {
  if (text.includes("-----BEGIN")) return "PEM text";
  const shown = text.length > QUOTED_LIMIT_CHARACTERS ? `${text.slice(0, QUOTED_LIMIT_CHARACTERS - 1)}…` : text;
  return `"${escapeUnprintable(shown)}"`;
}

/** Escapes control, format and separator characters as `\u{…}`, so that one line stays one line and reads in one direction. */
export function escapeUnprintable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
