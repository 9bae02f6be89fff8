import { isLive } from "../history/findings/finding-life.ts";
import type { Finding, RunId } from "../history/state.ts";
import { escapeText } from "../text/escape.ts";
import { renderRecoveredSubject, renderReminderSubject, renderSubject } from "./finding-subject.ts";
import { formatMinute } from "../text/format-time.ts";
import { listSome } from "../text/list-some.ts";
import { historyOption, type TextContext } from "./history-option.ts";
import { isStillMoved, namesAnotherImage } from "./recovered-headline.ts";
import { renderToldOnce } from "./reminder-time.ts";
import { REMEDIES } from "./remedies.ts";
import { restoreCommand } from "./restore-command.ts";
import { renderWhatHappened } from "./what-happened.ts";

/** A verification command is our own text with quoted arguments: it must fit any reference, key and identity. */
const COMMAND_LIMIT_CHARACTERS = 4096;

const FLAPPING = "it came and went within days; this stays open, and silent, until it was quiet for a week";

/**
 * Renders a finding for on-call as plain text: the subject, then one line per label, and no line feed at the end. It states recorded facts
 * only; a label without one is left out. `reminder` is the day of the next reminder, or null.
 */
export function renderFinding(finding: Finding, context: TextContext, reminder: string | null = null): string {
  return [renderSubject(finding), ...meanwhile(finding), ...renderBody(finding, context), renderToldOnce(reminder)].join("\n");
}

/** Renders the reminder of a finding that is still open at `run`. `next` is the day of the next reminder, or null. */
export function renderReminder(finding: Finding, context: TextContext, { run, next }: { run: RunId; next: string | null }): string {
  return [
    renderReminderSubject(finding, run),
    `Told since: ${formatMinute(finding.openedAt)} UTC (${finding.id})`,
    ...renderBody(finding, context),
    ...(next === null ? [] : [`Next reminder on ${next}.`]),
  ].join("\n");
}

/** Renders that a finding is resolved, and which one. */
export function renderRecovered(finding: Finding): string {
  const since = finding.resolvedAt === null ? [] : [`Resolved: seen by the audit of ${formatMinute(finding.resolvedAt)} UTC`];
  const moved = namesAnotherImage(finding);
  return [
    renderRecoveredSubject(finding),
    ...(moved ? label("Digest", finding.ended?.digest ?? "") : digestLine(finding)),
    `Was: ${finding.cause}${moved && finding.digest !== null ? ` at ${finding.digest}` : ""}, told since ${formatMinute(finding.openedAt)} UTC (${finding.id})`,
    ...(finding.resolution === null ? [] : [`What happened: ${escapeText(finding.resolution)}`]),
    ...since,
    isStillMoved(finding) ? "To do: if nobody meant to move the tag, restore the digest that it named before." : "To do: nothing.",
  ].join("\n");
}

/** Renders the lines between the subject and the last line, which `findings show` prints too. */
export function renderBody(finding: Finding, context: TextContext): string[] {
  const { facts } = finding;
  return [
    ...digestLine(finding),
    ...label("What happened", renderWhatHappened(finding).join("\n  ")),
    ...label("Since", renderSince(finding)),
    ...label("Flapping", finding.flapping !== null && isLive(finding) ? FLAPPING : ""),
    ...label("Looked in", listSome(facts.lookedIn.map((place) => escapeText(place)))),
    ...label("Owner", facts.owner === null ? "" : escapeText(facts.owner)),
    ...label("To do", REMEDIES[finding.cause]),
    ...label("Restore", restoreCommand(finding, context) ?? ""),
    ...(facts.check === null
      ? []
      : label(`Check (${escapeText(facts.check.tool)})`, escapeText(facts.check.command, COMMAND_LIMIT_CHARACTERS))),
    ...(isLive(finding)
      ? label("Acknowledge", `sealwatch findings acknowledge ${finding.id} --until 3d --reason '…' --owner '…'${historyOption(context)}`)
      : []),
  ];
}

/** Describes the changes since the finding opened: a channel may take its message nights later. */
function meanwhile(finding: Finding): string[] {
  const { acknowledgement, resolvedAt, resolution } = finding;
  if (finding.status === "acknowledged" && acknowledgement !== null)
    return label("Meanwhile", escapeText(`acknowledged by ${acknowledgement.owner} until ${formatMinute(acknowledgement.until)} UTC`));
  if (isLive(finding) || resolvedAt === null) return [];
  return label(
    "Meanwhile",
    `${finding.status} ${formatMinute(resolvedAt)} UTC${resolution === null ? "" : ` (${escapeText(resolution)})`}`,
  );
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
  // Its state did not change, but its exemption did.
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
