import { QUOTED_TEXT_LIMIT_CHARACTERS } from "./limits.ts";

/**
 * Text of a registry, certificate or payload as part of a sentence: cut to {@link QUOTED_TEXT_LIMIT_CHARACTERS}, in quotes.
 * Control characters stay: the escaper of the form in which the sentence leaves shows them.
 */
export function quoteText(text: string): string {
  const shown = text.length > QUOTED_TEXT_LIMIT_CHARACTERS ? `${text.slice(0, QUOTED_TEXT_LIMIT_CHARACTERS)}…` : text;
  return `"${shown}"`;
}
