import { escapeHtml } from "./escape-html.ts";

/** One cell: text that is to be escaped, or markup that is. */
export type HtmlCell = string | number | { readonly html: string; readonly look?: "d" | "t" };

/** A table with its name and a heading over each column; the first cell of a row heads the row. Nothing but its words where it has no rows. */
export function renderTable(name: string, columns: readonly string[], rows: readonly (readonly HtmlCell[])[], none: string): string {
  if (rows.length === 0) return `<p>${escapeHtml(none)}</p>`;
  // A dash stands for a number where nobody looked.
  const numeric = columns.map(
    (_, at) => rows.every((row) => typeof row[at] === "number" || row[at] === "–") && rows.some((row) => row[at] !== "–"),
  );
  const head = columns.map((column, at) => `<th scope=col${numeric[at] ? " class=n" : ""}>${escapeHtml(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell, at) => renderCell(cell, at === 0, numeric[at] === true)).join("")}</tr>`).join("\n");
  return wrapWide(name, `<table><caption>${escapeHtml(name)}</caption><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table>`);
}

/** Content that may be wider than a phone: it scrolls by itself, and by keyboard. */
export function wrapWide(name: string, html: string): string {
  return `<div class=wide role=region tabindex=0 aria-label="${escapeHtml(name)}">${html}</div>`;
}

/** A part that is folded until somebody opens it, or prints. `summary` is markup. */
export function renderFolded(summary: string, html: string, open = false): string {
  return `<details${open ? " open" : ""}><summary>${summary}</summary>${html}</details>`;
}

/** A digest, whole, in letters of one width. */
export function renderDigest(digest: string | null): HtmlCell {
  return { html: escapeHtml(digest ?? "none"), look: "d" };
}

function renderCell(cell: HtmlCell, isHead: boolean, isNumeric: boolean): string {
  const [tag, scope] = isHead ? ["th", " scope=row"] : ["td", ""];
  if (typeof cell === "number" || (isNumeric && cell === "–")) return `<${tag}${scope} class=n>${cell}</${tag}>`;
  if (typeof cell === "string") return `<${tag}${scope}>${escapeHtml(cell)}</${tag}>`;
  return `<${tag}${scope}${cell.look === undefined ? "" : ` class=${cell.look}`}>${cell.html}</${tag}>`;
}
