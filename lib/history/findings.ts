import type { Channel } from "../watchlist/watch-list.ts";
import { addressEntries } from "./address-entries.ts";
import { CAUSES } from "./cause.ts";
import { deriveFindingId } from "./change-id.ts";
import type { Change, Finding, RunId } from "./state.ts";
import type { Conclusion } from "./store.ts";

/** Architecture section 5: moves and rollbacks close by themselves after this time. */
const EVENT_LIFE_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;

/**
 * What a pending change makes of the findings (architecture section 5, "Life"): which it opens, resolves or withdraws,
 * and which channels hear of it. `live` are open and acknowledged findings, of this tag or of more; others are left alone.
 * Recoveries are addressed by the finding that they end, so that they go where its opening went.
 */
export function concludeChange(change: Change, live: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const own = live.filter((finding) => finding.repository === change.repository && finding.tag === change.tag && isLive(finding));
  switch (change.kind) {
    case "opened":
      return concludeOpening(change, own, channels);
    case "recovered":
      return resolve(
        change,
        own.filter((finding) => isEndedBy(change, finding)),
        channels,
      );
    case "reversed":
      return resolve(change, own, channels);
    case "withdrawn":
      return withdraw(
        change,
        own.filter((finding) => isEndedBy(change, finding)),
      );
    case "removed":
      return { changes: [change], findings: [], outbox: [] };
    case "baseline": {
      const summary = { id: deriveFindingId(change.id), severity: change.severity, facts: change.facts };
      return { changes: [change], findings: [], outbox: addressEntries("baseline", change, summary, channels, change) };
    }
  }
}

/**
 * Moves and rollbacks to signed digests that nobody reversed for 30 days, as resolved; nobody is told.
 * `run` is the run that concludes. A finding of a newer run stays: an older run never replaces what a newer one said.
 */
export function closeOldEvents(live: readonly Finding[], run: RunId): Finding[] {
  const oldest = Date.parse(run) - EVENT_LIFE_DAYS * DAY_MILLISECONDS;
  return live
    .filter((finding) => isLive(finding) && isEventOfSigned(finding) && Date.parse(finding.openedAt) < oldest)
    .map((finding) => close(finding, "resolved", run, `closed after ${EVENT_LIFE_DAYS} days`));
}

function concludeOpening(change: Change, own: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const finding = openFinding(change);
  const ended = own.filter((other) => other.id !== finding.id && isReplacedBy(change, other));
  const closed =
    change.after.verdict === "signed"
      ? resolve(
          change,
          ended.filter((other) => !isEventOfSigned(other)),
          channels,
        )
      : { findings: [], outbox: [] };
  const resolvedIds = new Set(closed.findings.map((other) => other.id));
  const superseded = ended
    .filter((other) => !resolvedIds.has(other.id))
    .map((other) => close(other, "withdrawn", change.run, `superseded by ${finding.cause} ${finding.id}`));
  return {
    changes: [change],
    findings: [finding, ...closed.findings, ...superseded],
    outbox: [...addressEntries("opened", change, finding, channels), ...closed.outbox],
  };
}

function openFinding(change: Change): Finding {
  if (change.cause === null) throw new TypeError(`change ${change.id} opens a finding without a cause`);
  return {
    id: deriveFindingId(change.id),
    version: 0,
    cause: change.cause,
    severity: change.severity,
    repository: change.repository,
    tag: change.tag,
    digest: change.after.digest,
    before: change.before,
    after: change.after,
    facts: change.facts,
    status: "open",
    openedAt: change.run,
    resolvedAt: null,
    resolution: null,
    acknowledgement: null,
    flapping: null,
    goneSince: null,
    told: {},
  };
}

/** A release has one cause at a time; a repository may have several, and a flood hides a cause without ending it. */
function isReplacedBy(change: Change, finding: Finding): boolean {
  if (change.tag === null || change.cause === "evidence-flooded") return finding.cause === change.cause;
  return !isEventOfSigned(finding) || CAUSES[change.cause ?? finding.cause].lasting === "event";
}

/** A signed release ends everything but moves to signed digests; the end of a flood, or of a repository's cause, ends only that. */
function isEndedBy(change: Change, finding: Finding): boolean {
  if (change.tag === null || change.cause === "evidence-flooded") return finding.cause === change.cause;
  return !isEventOfSigned(finding);
}

function isEventOfSigned(finding: Finding): boolean {
  return CAUSES[finding.cause].lasting === "event" && finding.after.verdict === "signed";
}

function isLive(finding: Finding): boolean {
  return finding.status === "open" || finding.status === "acknowledged";
}

function resolve(change: Change, ended: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const resolution = change.kind === "reversed" ? "the tag is back at the digest that it left" : "recovered";
  return {
    changes: [change],
    findings: ended.map((finding) => close(finding, "resolved", change.run, resolution)),
    outbox: ended.flatMap((finding) => addressEntries("recovered", change, finding, channels)),
  };
}

function withdraw(change: Change, ended: readonly Finding[]): Conclusion {
  const resolution = change.facts.explanation;
  return { changes: [change], findings: ended.map((finding) => close(finding, "withdrawn", change.run, resolution)), outbox: [] };
}

function close(finding: Finding, status: "resolved" | "withdrawn", resolvedAt: RunId, resolution: string): Finding {
  return { ...finding, status, resolvedAt, resolution };
}
