import { formatMinute } from "../../text/format-time.ts";
import { escapeHtml } from "./escape-html.ts";

/** A cell is text to escape, a number, or markup that is already escaped. */
export type HtmlCell = string | number | { readonly html: string; readonly look?: "d" | "t" };

/** Renders a table with its name and column headings. The first cell of a row is its heading. Without rows only `none` is shown. */
export function renderTable(name: string, columns: readonly string[], rows: readonly (readonly HtmlCell[])[], none: string): string {
  if (rows.length === 0) return `<p>${escapeHtml(none)}</p>`;
  // A dash replaces a number if nobody looked.
  const numeric = columns.map(
    (_, at) => rows.every((row) => typeof row[at] === "number" || row[at] === "–") && rows.some((row) => row[at] !== "–"),
  );
  const head = columns.map((column, at) => `<th scope=col${numeric[at] ? " class=n" : ""}>${escapeHtml(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell, at) => renderCell(cell, at === 0, numeric[at] === true)).join("")}</tr>`).join("\n");
  return wrapWide(name, `<table><caption>${escapeHtml(name)}</caption><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table>`);
}

/** Wraps content that may be wider than a phone; it scrolls on its own and by keyboard. */
export function wrapWide(name: string, html: string): string {
  return `<div class=wide role=region tabindex=0 aria-label="${escapeHtml(name)}">${html}</div>`;
}

/** Renders a section that is folded until somebody opens or prints it. `summary` is markup. */
export function renderFolded(summary: string, html: string, open = false): string {
  return `<details${open ? " open" : ""}><summary>${summary}</summary>${html}</details>`;
}

/** Renders an uncut digest in letters of one width. */
export function renderDigest(digest: string | null): HtmlCell {
  return { html: escapeHtml(digest ?? "none"), look: "d" };
}

/** Renders a time as `2026-10-14 02:00` on one line, or a dash for null. */
export function renderTime(time: string | null): HtmlCell {
  return time === null ? "–" : { html: `<time datetime="${new Date(time).toISOString()}">${formatMinute(time)}</time>`, look: "t" };
}

function renderCell(cell: HtmlCell, isHead: boolean, isNumeric: boolean): string {
  const [tag, scope] = isHead ? ["th", " scope=row"] : ["td", ""];
  if (typeof cell === "number" || (isNumeric && cell === "–")) return `<${tag}${scope} class=n>${cell}</${tag}>`;
  if (typeof cell === "string") return `<${tag}${scope}>${escapeHtml(cell)}</${tag}>`;
  return `<${tag}${scope}${cell.look === undefined ? "" : ` class=${cell.look}`}>${cell.html}</${tag}>`;
}
