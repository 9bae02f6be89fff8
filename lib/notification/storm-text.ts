import type { ChangeFacts, RunId } from "../history/state.ts";
import { escapeText } from "../text/escape.ts";
import { fitSubject } from "./finding-subject.ts";
import { historyOption, type TextContext } from "./history-option.ts";
import { formatMinute } from "../text/format-time.ts";

/** Many releases of one registry or signer that turned worse in one run, so that each was read again (architecture section 5). */
export interface StormSummary extends NonNullable<ChangeFacts["storm"]> {
  readonly run: RunId;
}

/** Returns `[STORM] ghcr.io: 212 of 800 releases turned worse in one run; 3 proved real`. */
export function renderStormSubject(storm: StormSummary): string {
  return fitSubject("[STORM]", { repository: `${storm.about}:`, tag: null }, renderStormCounts(storm));
}

/** Renders the storm with the results of the second reading, subject first. */
export function renderStorm(storm: StormSummary, context: TextContext): string {
  const { total, real, recovered, unread } = storm;
  const rest = total - real - recovered - unread;
  const counts = [
    `${real} proved real`,
    ...(recovered > 0 ? [`${recovered} ${recovered === 1 ? "is" : "are"} as before`] : []),
    ...(unread > 0 ? [`${unread} could not be read`] : []),
    ...(rest > 0 ? [`${rest} not read again yet`] : []),
  ];
  return [
    renderStormSubject(storm),
    `What happened: ${storm.total} releases of ${escapeText(storm.about)} turned worse in one run.`,
    "  That many at once are mostly an outage: each was read again by itself before anything was told.",
    `Read again: ${counts.join(", ")}`,
    `Since: the audit of ${formatMinute(storm.run)} UTC`,
    `To do: ${real > 0 ? `look at what proved real: sealwatch findings list${historyOption(context)}` : `see whether ${escapeText(storm.about)} answers as it should`}`,
    "You are told once.",
  ].join("\n");
}

/** Returns `212 of 800 releases turned worse in one run; 3 proved real`. */
export function renderStormCounts({ total, of, real }: StormSummary): string {
  return `${total} of ${of} releases turned worse in one run; ${real} proved real`;
}
