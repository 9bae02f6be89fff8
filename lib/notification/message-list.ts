import type { Finding } from "../history/state.ts";
import { countOf, renderCounts } from "./baseline-text.ts";
import { renderHeadline } from "./cause-headline.ts";
import { escapeText } from "./escape.ts";
import { groupFindings, type FindingGroup } from "./finding-groups.ts";
import { fitSubject } from "./finding-subject.ts";
import { historyOption, type TextContext } from "./finding-text.ts";
import { formatMinute } from "./format-time.ts";
import type { MessageEntry } from "./message.ts";
import { REMEDIES } from "./remedy.ts";

/** Releases shown under one cause and repository; a person reads the rest in `sealwatch findings list`. */
const RELEASES_SHOWN = 10;
/** Groups shown with their releases; further groups keep their line. */
const GROUPS_DETAILED = 20;
/** Room for the lines of groups: an SNS message holds 256 KiB, of which a line has at most about 1 KiB. */
const TEXT_LIMIT_CHARACTERS = 60_000;

/** `[ALERT] 12 findings in 3 repositories: 9 release-unsigned, 3 tag-moved`. */
export function renderListSubject(entries: readonly MessageEntry[]): string {
  const opened = findingsOf(entries, "opened");
  if (opened.length > 0) return countSubject(`[${worst(opened).toUpperCase()}]`, "finding", opened);
  const recovered = findingsOf(entries, "recovered");
  if (recovered.length > 0) return countSubject("[RECOVERED]", "finding", recovered);
  return fitSubject(
    "[BASELINE]",
    { repository: countOf(entries.length, "repositor", "y", "ies"), tag: null },
    "audited for the first time",
  );
}

/**
 * Everything of one run as a list: a line for each cause and repository, the worst first and known releases before new tags,
 * then what recovered, then baselines. What is too much is cut, with its count and where to read it.
 */
export function renderList(run: TextContext & { readonly id: string }, entries: readonly MessageEntry[]): string {
  const groups = groupFindings(findingsOf(entries, "opened"));
  const lines = [
    renderListSubject(entries),
    `Run: ${formatMinute(run.id)} UTC`,
    ...groups.flatMap((group, at) => renderGroup(group, at < GROUPS_DETAILED, run)),
    ...groupFindings(findingsOf(entries, "recovered")).map(renderRecoveredGroup),
    ...entries.flatMap((entry) =>
      entry.kind === "baseline" ? [`BASELINE ${escapeText(entry.summary.repository)}: ${renderCounts(entry.summary)}`] : [],
    ),
  ];
  return [
    ...cutLines(lines, run),
    `Look closer: sealwatch findings show ID${historyOption(run)}`,
    ...(groups.length === 0
      ? []
      : [`Acknowledge: sealwatch findings acknowledge ID --until 3d --reason '…' --owner '…'${historyOption(run)}`]),
    "You are told once.",
  ].join("\n");
}

function renderGroup(group: FindingGroup, detailed: boolean, run: TextContext): string[] {
  const head = `${group.severity.toUpperCase()} ${group.cause} ${escapeText(group.repository)}: ${sizeOf(group)}`;
  if (!detailed) return [head];
  const hidden = group.findings.length - RELEASES_SHOWN;
  return [
    head,
    ...group.findings.slice(0, RELEASES_SHOWN).map((finding) => `  ${renderRelease(finding)}`),
    ...(hidden > 0 ? [`  … and ${hidden} more: ${listCommand(run)}`] : []),
    `  To do: ${REMEDIES[group.cause]}`,
  ];
}

function renderRelease(finding: Finding): string {
  const name = finding.tag === null ? "" : `${escapeText(finding.tag)} `;
  const digest = finding.digest === null ? "" : ` ${finding.digest}`;
  return `${name}${escapeText(renderHeadline(finding))}  ${finding.id}${digest}`;
}

function renderRecoveredGroup(group: FindingGroup): string {
  const tags = group.findings.slice(0, RELEASES_SHOWN).map((finding) => escapeText(finding.tag ?? "the repository"));
  const more = group.findings.length > tags.length ? `, … and ${group.findings.length - tags.length} more` : "";
  return `RECOVERED ${group.cause} ${escapeText(group.repository)}: ${tags.join(", ")}${more}`;
}

function sizeOf({ findings, known }: FindingGroup): string {
  if (findings.every((finding) => finding.tag === null)) return "the repository";
  const fresh = findings.length - known;
  const parts = [known > 0 ? countOf(known, "known release") : "", fresh > 0 ? countOf(fresh, "new tag") : ""];
  return parts.filter((part) => part !== "").join(", ");
}

/** Indented lines go first, then lines of whole groups; what is gone is counted. */
function cutLines(lines: readonly string[], run: TextContext): string[] {
  const pointer = listCommand(run);
  if (sizeOfLines(lines) <= TEXT_LIMIT_CHARACTERS) return [...lines];
  const heads = lines.filter((line) => !line.startsWith("  "));
  let size = 0;
  const kept = heads.filter((line) => (size += line.length + 1) <= TEXT_LIMIT_CHARACTERS);
  const rest = heads.length - kept.length;
  return [...kept, rest === 0 ? `All releases: ${pointer}` : `… and ${rest} more lines: ${pointer}`];
}

function listCommand(run: TextContext): string {
  return `sealwatch findings list${historyOption(run)}`;
}

function sizeOfLines(lines: readonly string[]): number {
  return lines.reduce((size, line) => size + line.length + 1, 0);
}

function countSubject(label: string, noun: string, findings: readonly Finding[]): string {
  const repositories = new Set(findings.map((finding) => finding.repository));
  const where = repositories.size === 1 ? `in ${[...repositories][0]}` : `in ${repositories.size} repositories`;
  const causes = [...Map.groupBy(findings, (finding) => finding.cause)].toSorted(([, a], [, b]) => b.length - a.length);
  const headline = causes.map(([cause, all]) => `${all.length} ${cause}`).join(", ");
  return fitSubject(label, { repository: `${countOf(findings.length, noun)} ${where}:`, tag: null }, headline);
}

function worst(findings: readonly Finding[]): string {
  return (
    (["alert", "warning", "notice"] as const).find((severity) => findings.some((finding) => finding.severity === severity)) ?? "notice"
  );
}

function findingsOf(entries: readonly MessageEntry[], kind: "opened" | "recovered"): Finding[] {
  return entries.flatMap((entry) => (entry.kind === kind ? [entry.finding] : []));
}
