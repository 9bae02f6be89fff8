import type { Finding } from "../../lib/history/state.ts";
import { alignColumns, type Cell } from "../../lib/text/align-columns.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { renderSubject } from "../../lib/notification/finding-subject.ts";
import { renderBody, type TextContext } from "../../lib/notification/finding-text.ts";
import { formatMinute } from "../../lib/text/format-time.ts";
import type { Palette } from "../../lib/text/palette.ts";

const HEAD = ["ID", "SEVERITY", "CAUSE", "STATUS", "OPENED", "REPOSITORY", "TAG"];

/** Renders the table of `sealwatch findings list`, in the order given. Ends with a line feed. */
export function renderFindingsTable(findings: readonly Finding[], palette: Palette): string {
  const rows = findings.map((finding): Cell[] => [
    { text: finding.id },
    { text: finding.severity, paint: { alert: palette.red, warning: palette.yellow, notice: palette.dim }[finding.severity] },
    { text: finding.cause },
    { text: finding.status },
    { text: formatMinute(finding.openedAt) },
    { text: escapeText(finding.repository) },
    { text: escapeText(finding.tag ?? "") },
  ]);
  return `${alignColumns([HEAD.map((text) => ({ text, paint: palette.bold })), ...rows]).join("\n")}\n`;
}

/** Renders the page of `sealwatch findings show`: what on-call was told, and what happened since. Ends with a line feed. */
export function renderFindingPage(finding: Finding, context: TextContext): string {
  const { acknowledgement } = finding;
  const acknowledged =
    acknowledgement && `Acknowledged: until ${acknowledgement.until} by ${acknowledgement.owner}: ${acknowledgement.reason}`;
  const lines = [
    renderSubject(finding),
    `Id: ${finding.id}`,
    `Cause: ${finding.cause} (${finding.severity})`,
    `Status: ${finding.status}${finding.resolvedAt === null ? "" : ` at ${formatMinute(finding.resolvedAt)} UTC`}${finding.resolution === null ? "" : ` (${escapeText(finding.resolution)})`}`,
    `Opened: ${formatMinute(finding.openedAt)} UTC`,
    ...(acknowledged === null ? [] : [escapeText(acknowledged)]),
    ...renderBody(finding, context),
  ];
  return `${lines.join("\n")}\n`;
}
