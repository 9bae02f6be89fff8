import { formatMinute } from "../../text/format-time.ts";
import type { HtmlCell } from "./render-table.ts";

/** `2026-10-14 02:00`, on one line; a dash where there is none. */
export function renderTime(time: string | null): HtmlCell {
  return time === null ? "–" : { html: `<time datetime="${new Date(time).toISOString()}">${formatMinute(time)}</time>`, look: "t" };
}
