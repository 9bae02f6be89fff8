import { formatMinute } from "../../text/format-time.ts";
import type { HtmlCell } from "./render-table.ts";

/** Renders a time as `2026-10-14 02:00` on one line, or a dash for null. */
export function renderTime(time: string | null): HtmlCell {
  return time === null ? "–" : { html: `<time datetime="${new Date(time).toISOString()}">${formatMinute(time)}</time>`, look: "t" };
}
