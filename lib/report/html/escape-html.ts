import { escapeText } from "../../text/escape.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Evidence is not cut as short as in messages, but foreign text must not bloat a page. */
const TEXT_LIMIT_CHARACTERS = 4096;

/** Escapes foreign text for content or a quoted attribute: unshowable characters become `\u{…}`, the end is cut. */
export function escapeHtml(text: string): string {
  return escapeText(text, TEXT_LIMIT_CHARACTERS).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
