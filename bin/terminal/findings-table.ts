import type { Acknowledgement } from "../../lib/history/findings/finding-step.ts";
import { formerAcknowledgementOf } from "../../lib/history/findings/finding-steps.ts";
import type { Finding } from "../../lib/history/state.ts";
import { alignColumns, type Cell } from "../../lib/text/align-columns.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { renderSubject } from "../../lib/notification/finding-subject.ts";
import { renderBody } from "../../lib/notification/finding-text.ts";
import type { TextContext } from "../../lib/notification/history-option.ts";
import { formatMinute } from "../../lib/text/format-time.ts";
import type { Palette } from "../../lib/text/palette.ts";

const HEAD = ["ID", "SEVERITY", "CAUSE", "STATUS", "OPENED", "REPOSITORY", "TAG"];

/** Renders the table of `sealwatch findings list`, in the order given. Ends with a line feed. */
export function renderFindingsTable(findings: readonly Finding[], palette: Palette): string {
  const rows = findings.map((finding): Cell[] => [
    { text: finding.id },
    { text: finding.severity, paint: { alert: palette.red, warning: palette.yellow, notice: palette.dim }[finding.severity] },
    { text: finding.cause },
    { text: formerAcknowledgementOf(finding) === null ? finding.status : `${finding.status} (was acknowledged)` },
    { text: formatMinute(finding.openedAt) },
    { text: escapeText(finding.repository) },
    { text: escapeText(finding.tag ?? "") },
  ]);
  return `${alignColumns([HEAD.map((text) => ({ text, paint: palette.bold })), ...rows]).join("\n")}\n`;
}

/** Renders the page of `sealwatch findings show`: what on-call was told, and what happened since. Ends with a line feed. */
export function renderFindingPage(finding: Finding, context: TextContext): string {
  const former = formerAcknowledgementOf(finding);
  const lines = [
    renderSubject(finding),
    `Id: ${finding.id}`,
    `Cause: ${finding.cause} (${finding.severity})`,
    `Status: ${finding.status}${finding.resolvedAt === null ? "" : ` at ${formatMinute(finding.resolvedAt)} UTC`}${finding.resolution === null ? "" : ` (${escapeText(finding.resolution)})`}`,
    `Opened: ${formatMinute(finding.openedAt)} UTC`,
    ...(finding.acknowledgement === null ? [] : [`Acknowledged: ${describe(finding.acknowledgement)}`]),
    ...(former === null ? [] : [`No longer acknowledged: it was ${describe(former)}`]),
    ...renderBody(finding, context),
  ];
  return `${lines.join("\n")}\n`;
}

function describe({ until, owner, reason }: Acknowledgement): string {
  return escapeText(`until ${until} by ${owner}: ${reason}`);
}
