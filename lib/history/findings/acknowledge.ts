import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { isEventOfSigned } from "./finding-life.ts";
import { noteStep } from "./finding-steps.ts";
import type { Finding, RunId } from "../state.ts";

interface AcknowledgementRequest {
  /** Until when the finding counts as acknowledged, in epoch milliseconds. */
  readonly until: number;
  readonly reason: string;
  readonly owner: string;
  /** When it is acknowledged, in epoch milliseconds. */
  readonly now: number;
}

const DAY_MILLISECONDS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MILLISECONDS, w: 7 * DAY_MILLISECONDS };

/**
 * Parses `--until`: a day (UTC, to its end) or a time from now such as `8h` or `3d`. Returns epoch milliseconds.
 * @throws SealwatchError `usage` for any other text, and for a time that is past.
 */
export function parseUntil(text: string, now: number): number {
  const span = /^(?<number>[1-9]\d{0,4})(?<unit>[mhdw])$/.exec(text)?.groups;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(day) && new Date(day).toISOString().startsWith(text);
  if (!span && !isDay)
    throw new SealwatchError("usage", `--until ${text}: write a day such as 2027-01-31, or a time from now such as 8h or 3d`);
  const until = span ? now + Number(span["number"]) * UNITS[span["unit"]!]! : day + DAY_MILLISECONDS - 1;
  if (until <= now) throw new SealwatchError("usage", `--until ${text}: that is past; write a day that is still to come`);
  return until;
}

/** Reports whether a time, in epoch milliseconds, is more than a year away: an acknowledgement so long is as good as a deletion. */
export function isFarAway(until: number, now: number): boolean {
  return until - now > 366 * DAY_MILLISECONDS;
}

/**
 * Returns the finding as acknowledged: silent until that time. The acknowledgement is bound to its cause and digest, since both are the
 * finding's own. A move or rollback to a signed digest is resolved by it (architecture section 5).
 * @throws SealwatchError `usage` if the finding is resolved or withdrawn.
 */
export function acknowledgeFinding(finding: Finding, { until, reason, owner, now }: AcknowledgementRequest): Finding {
  demandLive(finding);
  const at = new Date(now).toISOString();
  const acknowledgement = { until: new Date(until).toISOString(), reason, owner, at };
  const taken: Finding = isEventOfSigned(finding)
    ? { ...finding, status: "resolved", acknowledgement, resolvedAt: at, resolution: `acknowledged by ${owner}: ${reason}` }
    : { ...finding, status: "acknowledged", acknowledgement };
  return noteStep(taken, { by: "person", at });
}

/** Takes an acknowledgement back. The caller notes who did that when it saves the finding. */
export function reopenFinding(finding: Finding): Finding {
  demandLive(finding);
  return { ...finding, status: "open", acknowledgement: null };
}

/** Returns the acknowledged findings whose time is over, as open again. */
export function reopenExpired(live: readonly Finding[], run: RunId): Finding[] {
  const isOver = ({ status, acknowledgement }: Finding): boolean =>
    status === "acknowledged" && acknowledgement !== null && Date.parse(acknowledgement.until) < Date.parse(run);
  return live.filter(isOver).map(reopenFinding);
}

function demandLive({ id, status, resolution }: Finding): void {
  if (status === "open" || status === "acknowledged") return;
  const why = resolution === null ? "" : ` (${resolution})`;
  throw new SealwatchError("usage", `findings: ${id} is ${status}${why}: there is nothing to acknowledge`);
}
