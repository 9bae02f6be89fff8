import type { Channel } from "../../watchlist/watch-list.ts";
import { addressEntries } from "./address-entries.ts";
import { CAUSES } from "../cause.ts";
import { FLAPPING_DAYS, GONE_DAYS } from "../compare/compare.ts";
import type { Finding, OutboxEntry, RunId } from "../state.ts";

/** Architecture section 5: an event closes by itself after this time. */
const EVENT_LIFE_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;

/** Whether a finding is open or acknowledged. */
export function isLive({ status }: Pick<Finding, "status">): boolean {
  return status === "open" || status === "acknowledged";
}

/**
 * Whether a finding is an event over a release that is signed, that is gone, or over no release: the registry cannot make it right again.
 */
export function isEventOfSigned(finding: Finding): boolean {
  if (finding.cause === "never-judged") return true;
  return CAUSES[finding.cause].lasting === "event" && (finding.after.verdict === "signed" || finding.tag === null);
}

export function closeFinding(finding: Finding, status: "resolved" | "withdrawn", resolvedAt: RunId, resolution: string): Finding {
  return { ...finding, status, resolvedAt, resolution };
}

/** A finding as time changed it, with what is to be told of that. */
interface Aged {
  readonly finding: Finding;
  readonly outbox: readonly OutboxEntry[];
}

/**
 * Returns what time alone does to live findings (architecture section 5, "Life"), seen from the run that concludes:
 * - an event that nobody reversed for 30 days is resolved, without a word;
 * - a finding whose release has been gone for 30 days is withdrawn, without a word;
 * - a flapping finding that was good and quiet for a week is resolved, and told as recovered;
 * - a flapping finding that was bad and quiet for a week flaps no more.
 * A finding of a newer run stays as it is: an older run never replaces what a newer one recorded.
 */
export function ageFindings(live: readonly Finding[], run: RunId, channels: readonly Channel[]): Aged[] {
  const isOver = (since: RunId, days: number): boolean => Date.parse(since) < Date.parse(run) - days * DAY_MILLISECONDS;
  return live.filter(isLive).flatMap((finding): Aged[] => {
    const { flapping, goneSince, openedAt } = finding;
    if (goneSince !== null && isOver(goneSince, GONE_DAYS))
      return [untold(closeFinding(finding, "withdrawn", run, `its tag is gone for ${GONE_DAYS} days`))];
    if (isEventOfSigned(finding) && isOver(openedAt, EVENT_LIFE_DAYS))
      return [untold(closeFinding(finding, "resolved", run, `closed after ${EVENT_LIFE_DAYS} days`))];
    // A run ahead of this one had a wrong clock, and must not silence the finding until its time comes.
    if (flapping === null || !(isOver(flapping.lastChange, FLAPPING_DAYS) || flapping.lastChange > run)) return [];
    if (!flapping.isGood) return [untold({ ...finding, flapping: null })];
    const closed = closeFinding(finding, "resolved", run, `recovered, and quiet for ${FLAPPING_DAYS} days`);
    return [{ finding: closed, outbox: addressEntries("recovered", { id: `${finding.id}/quiet/${run}`, run }, closed, channels) }];
  });
}

function untold(finding: Finding): Aged {
  return { finding, outbox: [] };
}
