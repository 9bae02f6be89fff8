import type { Finding, RunId } from "../history/state.ts";
import { escapeText, quoteShell } from "../text/escape.ts";
import { renderRecoveredSubject, renderReminderSubject, renderSubject } from "./finding-subject.ts";
import { formatMinute } from "../text/format-time.ts";
import { listSome } from "../text/list-some.ts";
import { namesAnotherImage } from "./recovered-headline.ts";
import { renderToldOnce } from "./reminder-time.ts";
import { REMEDIES } from "./remedy.ts";
import { renderWhatHappened } from "./what-happened.ts";

/** A verification command is ours, with quoted arguments: long enough for any reference, key and identity. */
const COMMAND_LIMIT_CHARACTERS = 4096;

const FLAPPING = "it came and went within days; this stays open, and silent, until it was quiet for a week";

/** What a text needs to know beyond its finding. */
export interface TextContext {
  /** For `--history` in commands: where the history of these findings is, or null where the default finds it. */
  readonly history: string | null;
}

/**
 * A finding for on-call, as plain text: the subject first, then each label on a line of its own. Only recorded facts are told;
 * a label without one is left out. `reminder`: the day on which it is told again, or null. Ends without a line feed.
 */
export function renderFinding(finding: Finding, context: TextContext, reminder: string | null = null): string {
  return [renderSubject(finding), ...meanwhile(finding), ...renderBody(finding, context), renderToldOnce(reminder)].join("\n");
}

/** A finding that is still open at `run`: what was told, again, with since when. `next`: the day of the next reminder, or null. */
export function renderReminder(finding: Finding, context: TextContext, { run, next }: { run: RunId; next: string | null }): string {
  return [
    renderReminderSubject(finding, run),
    `Told since: ${formatMinute(finding.openedAt)} UTC (${finding.id})`,
    ...renderBody(finding, context),
    ...(next === null ? [] : [`Next reminder on ${next}.`]),
  ].join("\n");
}

/** That a finding is resolved, with what was resolved. */
export function renderRecovered(finding: Finding): string {
  const since = finding.resolvedAt === null ? [] : [`Resolved: seen by the audit of ${formatMinute(finding.resolvedAt)} UTC`];
  const moved = namesAnotherImage(finding);
  return [
    renderRecoveredSubject(finding),
    ...(moved ? label("Digest", finding.ended?.digest ?? "") : digestLine(finding)),
    `Was: ${finding.cause}${moved && finding.digest !== null ? ` at ${finding.digest}` : ""}, told since ${formatMinute(finding.openedAt)} UTC (${finding.id})`,
    ...(finding.resolution === null ? [] : [`What happened: ${escapeText(finding.resolution)}`]),
    ...since,
    "To do: nothing.",
  ].join("\n");
}

/** The lines between the subject and the last one; `findings show` has the same. */
export function renderBody(finding: Finding, context: TextContext): string[] {
  const { facts } = finding;
  return [
    ...digestLine(finding),
    ...label("What happened", renderWhatHappened(finding).join("\n  ")),
    ...label("Since", renderSince(finding)),
    ...label("Flapping", finding.flapping === null || isClosed(finding) ? "" : FLAPPING),
    ...label("Looked in", listSome(facts.lookedIn.map((place) => escapeText(place)))),
    ...label("Owner", facts.owner === null ? "" : escapeText(facts.owner)),
    ...label("To do", REMEDIES[finding.cause]),
    ...(facts.check === null
      ? []
      : label(`Check (${escapeText(facts.check.tool)})`, escapeText(facts.check.command, COMMAND_LIMIT_CHARACTERS))),
    ...(isClosed(finding)
      ? []
      : label("Acknowledge", `sealwatch findings acknowledge ${finding.id} --until 3d --reason '…' --owner '…'${historyOption(context)}`)),
  ];
}

/** What became of a finding before its message went out: a channel may take it nights later. */
function meanwhile(finding: Finding): string[] {
  const { acknowledgement, resolvedAt, resolution } = finding;
  if (finding.status === "acknowledged" && acknowledgement !== null)
    return label("Meanwhile", escapeText(`acknowledged by ${acknowledgement.owner} until ${formatMinute(acknowledgement.until)} UTC`));
  if (!isClosed(finding) || resolvedAt === null) return [];
  return label(
    "Meanwhile",
    `${finding.status} ${formatMinute(resolvedAt)} UTC${resolution === null ? "" : ` (${escapeText(resolution)})`}`,
  );
}

function isClosed({ status }: Finding): boolean {
  return status === "resolved" || status === "withdrawn";
}

/** ` --history FILE`, or nothing. */
export function historyOption({ history }: TextContext): string {
  return history === null ? "" : ` --history ${quoteShell(history)}`;
}

function digestLine({ digest, facts }: Finding): string[] {
  if (digest === null) return [];
  const others = facts.alsoServedAs.length === 0 ? "" : ` (also served as: ${listSome(facts.alsoServedAs.map((tag) => escapeText(tag)))})`;
  return [`Digest: ${digest}${others}`];
}

function renderSince({ cause, tag, before, after, facts }: Finding): string {
  const seen = formatMinute(after.run);
  if (tag === null) {
    if (cause !== "coverage-lost" || facts.lastSeenBefore === null || facts.losses?.[0] === "gone")
      return `seen by the audit of ${seen} UTC`;
    return `last audited ${formatMinute(facts.lastSeenBefore)} UTC, told by the audit of ${seen} UTC`;
  }
  // What it is did not change, but what excused it did.
  if (before !== null && before.verdict !== null && before.digest === after.digest && before.verdict === after.verdict)
    return `${before.verdict} since ${formatMinute(before.run)} UTC, told by the audit of ${seen} UTC`;
  if (facts.lastSeenBefore === null) return `first seen by the audit of ${formatMinute(facts.firstSeen ?? after.run)} UTC`;
  const last = formatMinute(facts.lastSeenBefore);
  const verb = before === null ? "pushed" : before.digest === after.digest ? "changed" : "moved";
  return `${verb} between ${last} and ${seen} UTC`;
}

function label(name: string, text: string): string[] {
  return text === "" ? [] : [`${name}: ${text}`];
}
