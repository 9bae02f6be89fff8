import { BARS_SHOWN, drawExposure } from "../charts/draw-exposure.ts";
import { formatMinute } from "../../text/format-time.ts";
import type { ReportFinding, ReportModel } from "../report-model.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderTable, renderTime, wrapWide, type HtmlCell } from "./render-table.ts";

const KEY = [
  ["unsigned", "alert"],
  ["pending", "warning or notice"],
  ["exempt", "from its acknowledgement on"],
];

/** Renders the findings: what was wrong, for how long, who was notified and who acknowledged it. */
export function renderFindings(report: ReportModel): string {
  const { findings } = report;
  const table = renderTable(
    "Findings that were open in the period, newest first",
    ["Finding", "Cause", "Release", "Opened (UTC)", "Hours open", "Told (UTC)", "Acknowledged (UTC)", "Ended (UTC)"],
    findings.map(renderFinding),
    "Nothing was found in the period.",
  );
  if (findings.length === 0) return table;
  const key = `<ul class=key>${KEY.map(([state, word]) => `<li class="s ${state}">${word}</li>`).join("")}</ul>`;
  const more = findings.length > BARS_SHOWN ? ` The ${BARS_SHOWN} longest of ${findings.length} are drawn.` : "";
  const note = `<figcaption>Hours within the period.${more} Every number is in the table below.</figcaption>`;
  return `<figure>${key}${wrapWide("How long findings were open", drawExposure(report))}${note}</figure>${table}`;
}

function renderFinding(finding: ReportFinding): HtmlCell[] {
  const { id, cause, severity, repository, tag, digest, openedAt, told, reminders, hours } = finding;
  const release = repository === null ? "the watch list" : tag === null ? repository : `${repository}:${tag}`;
  const reminded = reminders === 0 ? "" : `<br>reminded ${reminders} ${reminders === 1 ? "time" : "times"}`;
  return [
    { html: id, look: "t" },
    { html: `${cause}<br><span class=soft>${severity}</span>` },
    {
      html: `${escapeHtml(release)}<br>${digest === null ? "" : `<code>${escapeHtml(digest)}</code>`}<span class=soft>${escapeHtml(finding.explanation)}</span>`,
    },
    renderTime(openedAt),
    hours,
    told === null ? "nobody" : { html: `${formatMinute(told.at)}<br>${escapeHtml(told.channels.join(", "))}${reminded}` },
    { html: renderAcknowledgements(finding) },
    { html: renderEnd(finding) },
  ];
}

function renderAcknowledgements({ acknowledgements }: ReportFinding): string {
  if (acknowledgements.length === 0) return "–";
  return acknowledgements
    .map(
      ({ at, owner, reason, until }) => `${formatMinute(at)} by ${escapeHtml(owner)} until ${formatMinute(until)}: ${escapeHtml(reason)}`,
    )
    .join("<br>");
}

function renderEnd({ status, resolvedAt, resolution }: ReportFinding): string {
  if (resolvedAt === null) return status;
  return `${formatMinute(resolvedAt)}<br>${status}: ${escapeHtml(resolution ?? "")}`;
}
