/** A cell of a table. Its text determines the width; `paint` colours it afterwards. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Formats rows as lines, with left-aligned cells two spaces apart and no trailing spaces. Text must already be escaped. */
export function alignColumns(rows: readonly (readonly Cell[])[], indent = ""): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, { text }] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(text));
  return rows.map((row) => {
    const end = row.findLastIndex((cell) => cell.text !== "");
    const cells = row.slice(0, end + 1).map(({ text, paint }, at) => {
      const gap = at === end ? "" : " ".repeat(widths[at]! - widthOf(text));
      return `${paint ? paint(text) : text}${gap}`;
    });
    return `${indent}${cells.join("  ")}`;
  });
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
