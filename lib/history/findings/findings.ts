import type { Channel } from "../../watchlist/watch-list.ts";
import { addressEntries, addressReport } from "./address-entries.ts";
import { CAUSES, isMoveCause, isUnreadCause } from "../cause.ts";
import { deriveFindingId } from "../change-id.ts";
import { closeFinding, isEventOfSigned, isLive } from "./finding-life.ts";
import { BACK_AT_LEFT_DIGEST, type Change, type Finding } from "../state.ts";
import type { Conclusion } from "../store.ts";
import { isDefinitive } from "../verdict.ts";

/**
 * Returns what a pending change makes of the findings (architecture section 5, "Life"): which findings it opens, resolves or withdraws, and
 * which channels hear of it. `live` are open and acknowledged findings, of this tag and possibly of others, which are left alone. A
 * recovery is addressed by the finding that it ends, so that the same channels hear of it as heard of the opening.
 * Changes about policies are concluded together, by `concludePolicyChanges`.
 */
export function concludeChange(change: Change, live: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const own = live.filter((finding) => finding.repository === change.repository && finding.tag === change.tag && isLive(finding));
  const ended = own.filter((finding) => isEndedBy(change, finding));
  switch (change.kind) {
    case "opened":
      return concludeOpening(change, own, channels);
    case "recovered":
      return concludeRecovery(change, ended, channels);
    case "reversed":
      return isRollback(change, own)
        ? concludeOpening({ ...change, kind: "opened" }, own, channels)
        : concludeRecovery(change, own, channels);
    case "confirmed":
      return concludeConfirmation(change, own, channels);
    case "undone":
      return concludeRecovery(
        change,
        own.filter((finding) => isUnjudgedMove(finding) && finding.digest !== change.after.digest),
        channels,
      );
    case "withdrawn":
    case "flipped":
      return withdraw(change, ended);
    case "removed":
      return { changes: [change], findings: own.map((finding) => ({ ...finding, goneSince: change.run })), outbox: [] };
    case "returned":
      return { changes: [change], findings: own.map((finding) => ({ ...finding, goneSince: null })), outbox: [] };
    case "loosened":
      return { changes: [change], findings: [], outbox: [] };
    case "baseline":
    case "storm": {
      const summary = { id: deriveFindingId(change.id), severity: change.severity, facts: change.facts };
      return { changes: [change], findings: [], outbox: addressEntries(change.kind, change, summary, channels, change) };
    }
    case "report":
      return { changes: [change], findings: [], outbox: addressReport(change, channels) };
  }
}

/**
 * Concludes an opening that proved wrong before anybody was told of it, because a second reading found the same tag at the same digest
 * signed. The finding is withdrawn from the start, and the change that ended it is concluded with it. Nobody is told.
 */
export function concludeUntold(opening: Change, end: Change): Conclusion {
  const finding = closeFinding(openFinding(opening), "withdrawn", end.run, "read again before it was told: it is signed");
  return { changes: [opening, end], findings: [finding], outbox: [] };
}

function concludeOpening(change: Change, own: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const again = own.find((other) => other.flapping !== null && other.cause === change.cause && other.digest === change.after.digest);
  if (again?.flapping) {
    const flapping = { ...again.flapping, lastChange: change.run, isGood: false };
    const { before, after, facts } = change;
    return { changes: [change], findings: [{ ...again, before, after, facts, flapping }], outbox: [] };
  }
  const finding = openFinding(change);
  const closed = replaceOthers(change, finding, own, channels);
  return {
    changes: [change],
    findings: [finding, ...closed.findings],
    outbox: [...addressEntries("opened", change, finding, channels), ...closed.outbox],
  };
}

/**
 * Gives the finding of a move its verdict. It was told when the tag moved, so nobody is told again, and it keeps its id. From now on it ends
 * as any move does. If somebody closed it meanwhile, the verdict is news.
 */
function concludeConfirmation(change: Change, own: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const told = own.find((other) => isUnjudgedMove(other) && other.cause === change.cause && other.digest === change.after.digest);
  if (told === undefined) return concludeOpening({ ...change, kind: "opened" }, own, channels);
  const { after, facts, severity } = change;
  const closed = replaceOthers(change, told, own, channels);
  const unread = { after: told.after, facts: told.facts, severity: told.severity, until: change.run };
  return { changes: [change], findings: [{ ...told, after, facts, severity, unread }, ...closed.findings], outbox: closed.outbox };
}

/** Ends the findings that this one takes the place of. */
function replaceOthers(
  change: Change,
  finding: Finding,
  own: readonly Finding[],
  channels: readonly Channel[],
): Pick<Conclusion, "findings" | "outbox"> {
  const ended = own.filter((other) => other.id !== finding.id && isReplacedBy(change, other));
  const recovered = change.after.verdict === "signed" ? ended.filter((other) => !isEventOfSigned(other)) : [];
  const closed = concludeRecovery(change, recovered, channels);
  const seenIds = new Set(closed.findings.map((other) => other.id));
  const superseded = ended
    .filter((other) => !seenIds.has(other.id))
    .map((other) => closeFinding(other, "withdrawn", change.run, `superseded by ${finding.cause} ${finding.id}`));
  return { findings: [...closed.findings, ...superseded], outbox: closed.outbox };
}

/** If a move to a signed image was acknowledged, or closed by its age, it no longer counts as a mistake: the way back is a rollback. */
function isRollback({ cause }: Change, own: readonly Finding[]): boolean {
  return cause === "tag-rolled-back" && !own.some((finding) => finding.cause === "tag-moved" || finding.cause === "tag-rolled-back");
}

/** Returns the finding that a change opens, before it is stored. */
export function openFinding(change: Change): Finding {
  if (change.cause === null) throw new TypeError(`change ${change.id} opens a finding without a cause`);
  return {
    id: deriveFindingId(change.id),
    version: 0,
    cause: change.cause,
    severity: change.severity,
    repository: change.repository,
    tag: change.tag,
    ...(change.about !== undefined && { about: change.about }),
    digest: change.after.digest,
    before: change.before,
    after: change.after,
    facts: change.facts,
    status: "open",
    openedAt: change.run,
    resolvedAt: null,
    resolution: null,
    acknowledgement: null,
    flapping: change.flapping ? { since: change.run, lastChange: change.run, isGood: false } : null,
    goneSince: null,
    told: {},
  };
}

/**
 * A release has one cause at a time; a repository may have several. What is told while nobody can judge a release hides its cause, and does
 * not end it: a move takes the place of another such move, and a release that went unjudged that of what hid it.
 */
function isReplacedBy(change: Change, finding: Finding): boolean {
  if (change.tag === null || isUnreadCause(change.cause)) return isSameThing(change, finding);
  if (finding.cause === "never-judged") return false;
  if (change.cause === "never-judged") return isUnreadCause(finding.cause);
  if (!isDefinitive(change.after.verdict ?? "unknown")) return isUnjudgedMove(finding);
  return !isEventOfSigned(finding) || CAUSES[change.cause ?? finding.cause].lasting === "event";
}

/** A signed release ends everything except moves to signed digests. The end of what hid it, or of a repository's cause, ends only that. */
function isEndedBy(change: Change, finding: Finding): boolean {
  if (change.tag === null || isUnreadCause(change.cause)) return isSameThing(change, finding);
  return !isEventOfSigned(finding);
}

/** Whether a finding is of a move that nobody could judge when it was told. */
function isUnjudgedMove({ cause, after }: Finding): boolean {
  return isMoveCause(cause) && !isDefinitive(after.verdict ?? "unknown");
}

function isSameThing(change: Change, finding: Finding): boolean {
  return finding.cause === change.cause && finding.about === change.about;
}

/** A flapping finding stays open, and silent, until it has been quiet for long enough. */
function concludeRecovery(change: Change, ended: readonly Finding[], channels: readonly Channel[]): Conclusion {
  const resolution = change.kind === "reversed" || change.kind === "undone" ? BACK_AT_LEFT_DIGEST : "recovered";
  const over = ended.filter(({ flapping }) => flapping === null);
  const flapping = ended.flatMap((finding) =>
    finding.flapping === null ? [] : [{ ...finding, flapping: { ...finding.flapping, lastChange: change.run, isGood: true } }],
  );
  return {
    changes: [change],
    findings: [...over.map((finding) => closeFinding(finding, "resolved", change.run, resolution)), ...flapping].map(endedBy(change)),
    outbox: over.flatMap((finding) => addressEntries("recovered", change, finding, channels)),
  };
}

function endedBy({ tag, after }: Change): (finding: Finding) => Finding {
  return (finding) => (tag === null ? finding : { ...finding, ended: after });
}

function withdraw(change: Change, ended: readonly Finding[]): Conclusion {
  const resolution = change.facts.explanation;
  return { changes: [change], findings: ended.map((finding) => closeFinding(finding, "withdrawn", change.run, resolution)), outbox: [] };
}
