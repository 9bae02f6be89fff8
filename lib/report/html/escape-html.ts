import { escapeText } from "../../text/escape.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Evidence is not cut as messages are; but nobody else's text makes a page long. */
const TEXT_LIMIT_CHARACTERS = 4096;

/** Text of others in a page, as content or in a quoted attribute: what cannot be shown as `\u{…}`, cut after 4,096 characters. */
export function escapeHtml(text: string): string {
  return escapeText(text, TEXT_LIMIT_CHARACTERS).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
