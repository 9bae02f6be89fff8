import { isLive } from "../history/findings/finding-life.ts";
import type { ReportFacts } from "../history/report-facts.ts";
import { WATCH_LIST_NAME, type Finding } from "../history/state.ts";
import { countOf } from "../text/count-of.ts";
import { renderCounts } from "./baseline-text.ts";
import { renderHeadline } from "./cause-headline.ts";
import { copyCommands } from "./copy-commands.ts";
import { escapeText } from "../text/escape.ts";
import { groupFindings, SEVERITIES, type FindingGroup } from "./finding-groups.ts";
import { fitSubject } from "./finding-subject.ts";
import { historyOption, type TextContext } from "./history-option.ts";
import { formatDay, formatMinute } from "../text/format-time.ts";
import { listSome } from "../text/list-some.ts";
import type { MessageContext, MessageEntry } from "./message-entry.ts";
import { dayOfReminder, renderToldOnce } from "./reminder-time.ts";
import { isStillMoved } from "./recovered-headline.ts";
import { REMEDIES } from "./remedies.ts";
import { restoreCommand } from "./restore-command.ts";
import { orderReports, renderReportLine, renderReportSubject } from "./report-text.ts";
import { orderTags } from "./same-digest.ts";
import { renderStormCounts, renderStormSubject, type StormSummary } from "./storm-text.ts";

/** Digests shown for one cause and repository. `sealwatch findings list` shows the rest. */
const DIGESTS_SHOWN = 10;
/** Groups shown with their releases. Further groups get one line each. */
const GROUPS_DETAILED = 20;
/** Room for the lines of groups: an SNS message has 256 KiB, and a line at most about 1 KiB. */
const TEXT_LIMIT_CHARACTERS = 60_000;

/** Returns `[ALERT] 12 findings in 3 repositories: 9 release-unsigned, 3 tag-moved`. */
export function renderListSubject(entries: readonly MessageEntry[]): string {
  const opened = findingsOf(entries, "opened");
  const storms = stormsOf(entries);
  const during = storms.map(({ about }) => `; storm at ${about}`).join("");
  if (opened.length > 0) return countSubject(`[${worst(opened).toUpperCase()}]`, "finding", opened, during);
  if (storms[0] !== undefined) return renderStormSubject(storms[0]);
  const reminded = findingsOf(entries, "reminder");
  if (reminded.length > 0) return countSubject("[REMINDER]", "open finding", reminded);
  const recovered = findingsOf(entries, "recovered");
  if (recovered.length > 0) return countSubject("[RECOVERED]", "finding", recovered);
  const [report] = reportsOf(entries);
  if (report !== undefined) return renderReportSubject(report);
  return fitSubject(
    "[BASELINE]",
    { repository: countOf(entries.length, "repositor", "y", "ies"), tag: null },
    "audited for the first time",
  );
}

/**
 * Renders a run as a list: storms, then a line per cause and repository (the worst first, known releases before new tags), then open and
 * recovered findings, baselines and reports. If the list is too long, it ends with a count and the command that shows the rest.
 */
export function renderList(run: MessageContext, entries: readonly MessageEntry[]): string {
  const opened = findingsOf(entries, "opened");
  const groups = groupFindings(opened);
  const reminded = groupFindings(findingsOf(entries, "reminder"));
  const lines = [
    renderListSubject(entries),
    run.since < run.id ? `Runs: ${formatMinute(run.since)} to ${formatMinute(run.id)} UTC` : `Run: ${formatMinute(run.id)} UTC`,
    ...stormsOf(entries).map((storm) => `STORM ${escapeText(storm.about)}: ${renderStormCounts(storm)}`),
    ...groups.flatMap((group, at) => renderGroup(group, at < GROUPS_DETAILED, run)),
    ...reminded.map(renderReminderGroup),
    ...groupFindings(findingsOf(entries, "recovered")).map(renderRecoveredGroup),
    ...entries.flatMap((entry) =>
      entry.kind === "baseline" ? [`BASELINE ${escapeText(entry.summary.repository)}: ${renderCounts(entry.summary)}`] : [],
    ),
    ...reportsOf(entries).map(renderReportLine),
  ];
  return [
    ...cutLines(lines, run),
    `Look closer: sealwatch findings show ID${historyOption(run)}`,
    ...(groups.length + reminded.length === 0
      ? []
      : [`Acknowledge: sealwatch findings acknowledge ID --until 3d --reason '…' --owner '…'${historyOption(run)}`]),
    ...(entries.every(({ kind }) => kind === "reminder") ? nextReminder(run) : [renderToldOnce(firstReminder(opened, run))]),
  ].join("\n");
}

function nextReminder(run: MessageContext): string[] {
  const day = dayOfReminder(run.id, run.id, run.remindSeconds);
  return day === null ? [] : [`Next reminder on ${day}.`];
}

function firstReminder(opened: readonly Finding[], run: MessageContext): string | null {
  const days = opened.flatMap(({ status, flapping, openedAt }) =>
    status === "open" && flapping === null ? (dayOfReminder(openedAt, run.id, run.remindSeconds) ?? []) : [],
  );
  return days.toSorted()[0] ?? null;
}

function renderGroup(group: FindingGroup, detailed: boolean, run: TextContext): string[] {
  const head = `${group.severity.toUpperCase()} ${headOf(group)}: ${sizeOf(group)}`;
  if (!detailed) return [head];
  const digests = [...Map.groupBy(group.findings, lineOf).values()];
  const shown = digests.slice(0, DIGESTS_SHOWN);
  const hidden = group.findings.length - shown.flat().length;
  return [
    head,
    ...shown.map((tags) => `  ${isNamedByHead(group) ? `${tags[0]!.id}${closedMeanwhile(tags[0]!)}` : renderDigest(orderTags(tags))}`),
    ...(hidden > 0 ? [`  … and ${hidden} more: ${listCommand(run)}`] : []),
    ...(hidden === 0 && shown.some((tags) => tags.length > DIGESTS_SHOWN) ? [`  All of them: ${listCommand(run)}`] : []),
    `  To do: ${REMEDIES[group.cause]}`,
    ...shown.flatMap(([first]) => copyCommands(first!).slice(0, 1)).map((command) => `  Copy: ${command}`),
    ...shown
      .flatMap((tags) => tags.flatMap((finding) => restoreCommand(finding, run) ?? []))
      .slice(0, DIGESTS_SHOWN)
      .map((command) => `  Restore: ${command}`),
  ];
}

/** Renders similar tags of one digest on one line. Known releases stay before new ones. */
function lineOf(finding: Finding): string {
  const { digest, before, status } = finding;
  return JSON.stringify([digest ?? finding.id, before === null, status, renderHeadline(finding)]);
}

function renderDigest(tags: readonly Finding[]): string {
  const finding = tags[0]!;
  const name = finding.tag === null ? "" : `${listSome(tags.map(({ tag }) => escapeText(tag ?? "")))} `;
  const digest = finding.digest === null ? "" : ` ${finding.digest}`;
  return `${name}${escapeText(renderHeadline(finding))}${closedMeanwhile(finding)}  ${listSome(tags.map(({ id }) => id))}${digest}`;
}

function closedMeanwhile(finding: Finding): string {
  return isLive(finding) ? "" : ` (meanwhile ${finding.status})`;
}

function renderRecoveredGroup(group: FindingGroup): string {
  return `RECOVERED ${headOf(group)}: ${listSome(group.findings.map((finding) => `${nameOf(finding)} ${finding.id}${remains(finding)}`))}`;
}

function renderReminderGroup(group: FindingGroup): string {
  const since = group.findings.map(({ openedAt }) => openedAt).toSorted()[0]!;
  const names = listSome(group.findings.map((finding) => `${nameOf(finding)} (${finding.id})`));
  return `REMINDER ${headOf(group)}: ${names}, told since ${formatDay(since)}`;
}

/** Returns the verdict after a recovery if it is not signed. */
function remains(finding: Finding): string {
  const { ended } = finding;
  if (isStillMoved(finding)) return " (not moved back, but signed now)";
  return ended === undefined || ended.verdict === null || ended.verdict === "signed" ? "" : ` (now ${ended.verdict})`;
}

/** The watch list is no repository: its findings name it themselves. */
function headOf({ cause, repository }: FindingGroup): string {
  return repository === WATCH_LIST_NAME ? cause : `${cause} ${escapeText(repository)}`;
}

function nameOf(finding: Finding): string {
  if (finding.repository === WATCH_LIST_NAME) return escapeText(renderHeadline(finding));
  return finding.tag === null ? "the repository" : escapeText(finding.tag);
}

function isNamedByHead({ repository, findings }: FindingGroup): boolean {
  return repository === WATCH_LIST_NAME && findings.length === 1;
}

function sizeOf(group: FindingGroup): string {
  const { findings, known } = group;
  if (isNamedByHead(group)) return nameOf(findings[0]!);
  if (group.repository === WATCH_LIST_NAME) return countOf(findings.length, "change");
  if (findings.every((finding) => finding.tag === null)) return "the repository";
  const fresh = findings.length - known;
  const parts = [known > 0 ? countOf(known, "known release") : "", fresh > 0 ? countOf(fresh, "new tag") : ""];
  return parts.filter((part) => part !== "").join(", ");
}

/** Drops indented lines first, then lines of complete groups, and counts them. */
function cutLines(lines: readonly string[], run: TextContext): string[] {
  const pointer = listCommand(run);
  if (lines.join("\n").length < TEXT_LIMIT_CHARACTERS) return [...lines];
  const heads = lines.filter((line) => !line.startsWith("  "));
  let size = 0;
  const kept = heads.filter((line) => (size += line.length + 1) <= TEXT_LIMIT_CHARACTERS);
  const rest = heads.length - kept.length;
  return [...kept, rest === 0 ? `All releases: ${pointer}` : `… and ${rest} more lines: ${pointer}`];
}

function listCommand(run: TextContext): string {
  return `sealwatch findings list${historyOption(run)}`;
}

function countSubject(label: string, noun: string, findings: readonly Finding[], end = ""): string {
  const where = renderWhere(new Set(findings.map((finding) => finding.repository)));
  const causes = [...Map.groupBy(findings, (finding) => finding.cause)].toSorted(([, a], [, b]) => b.length - a.length);
  const headline = causes.map(([cause, all]) => `${all.length} ${cause}`).join(", ") + end;
  // If it is too long, the name loses its beginning, but the count stays.
  return fitSubject(`${label} ${countOf(findings.length, noun)} in`, { repository: `${where}:`, tag: null }, headline);
}

function renderWhere(names: ReadonlySet<string>): string {
  const repositories = [...names].filter((name) => name !== WATCH_LIST_NAME);
  const places = [
    ...(repositories.length === 0 ? [] : [repositories.length === 1 ? repositories[0]! : `${repositories.length} repositories`]),
    ...(names.has(WATCH_LIST_NAME) ? ["the watch list"] : []),
  ];
  return places.join(" and ");
}

function worst(findings: readonly Finding[]): string {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? "notice";
}

function findingsOf(entries: readonly MessageEntry[], kind: "opened" | "recovered" | "reminder"): Finding[] {
  return entries.flatMap((entry) => ("finding" in entry && entry.kind === kind ? [entry.finding] : []));
}

function stormsOf(entries: readonly MessageEntry[]): StormSummary[] {
  return entries.flatMap((entry) => (entry.kind === "storm" ? [entry.storm] : []));
}

function reportsOf(entries: readonly MessageEntry[]): ReportFacts[] {
  return orderReports(entries.flatMap((entry) => (entry.kind === "report" ? [entry.report] : [])));
}
