import { QUOTED_TEXT_LIMIT_CHARACTERS } from "./limits.ts";

/**
 * Quotes text of a registry, certificate or payload for a sentence, cut to {@link QUOTED_TEXT_LIMIT_CHARACTERS}. Control characters stay;
 * the escaper through which the sentence leaves shows them.
 */
export function quoteText(text: string): string {
  const shown = text.length > QUOTED_TEXT_LIMIT_CHARACTERS ? `${text.slice(0, QUOTED_TEXT_LIMIT_CHARACTERS)}…` : text;
  return `"${shown}"`;
}
