import type { ReportFinding, ReportModel } from "../report-model.ts";
import { uuidOfObservation } from "./describe-observations.ts";
import { deriveUuid } from "./derive-uuid.ts";
import { formatLine, listProperties } from "./oscal-property.ts";

/** The objective of findings if the watch list names no control. */
export const OWN_OBJECTIVE = "image-signatures";

/**
 * Describes the findings of a report for each control. One covers the complete period and is satisfied only if everything was seen and
 * nothing was wrong; each finding of the report is satisfied once it is over. A finding of OSCAL has exactly one target.
 */
export function describeOscalFindings(report: ReportModel): object[] {
  const objectives = report.controls.length === 0 ? [OWN_OBJECTIVE] : report.controls.map(formatControl);
  const known = new Set(report.repositories.map(({ repository }) => repository));
  return objectives.flatMap((objective) => [
    describePeriod(report, objective),
    ...report.findings.map((finding) => describeFinding(report, finding, objective, known)),
  ]);
}

/** Formats the id of a control as OSCAL writes it: `ac-2(1)` becomes `ac-2.1`. */
export function formatControl(id: string): string {
  return id.replaceAll(/\((\w+)\)/g, ".$1").replaceAll(/[()]/g, "");
}

function describePeriod(report: ReportModel, objective: string): object {
  const { releases, signed, exempt, nights } = report.summary;
  const isSeen = nights.expected > 0 && nights.complete === nights.expected && report.nights.every(({ status }) => status !== "before");
  const isProven = isSeen && releases > 0 && signed + exempt === releases;
  return {
    uuid: deriveUuid("period", report.period.from, report.period.to, report.asOf, objective),
    title: formatLine(`Signatures of releases, ${report.period.title}`),
    description: formatLine(report.sentence),
    target: targetOf(objective, isProven),
    ...relatedTo(report.repositories.map(({ repository }) => uuidOfObservation(report, repository))),
  };
}

function describeFinding(report: ReportModel, finding: ReportFinding, objective: string, known: ReadonlySet<string>): object {
  const { id, cause, severity, repository, tag, digest, explanation, status, acknowledgements, hours } = finding;
  const subject = repository === null ? "the watch list" : tag === null ? repository : `${repository}:${tag}`;
  const isOver = status === "resolved" || status === "withdrawn";
  return {
    uuid: deriveUuid("finding", report.period.from, report.period.to, report.asOf, objective, id),
    title: formatLine(`${cause}: ${subject}`),
    description: formatLine(explanation),
    props: listProperties({
      id,
      cause,
      severity,
      status,
      digest,
      "opened-at": finding.openedAt,
      "resolved-at": finding.resolvedAt,
      resolution: finding.resolution,
      "hours-open": hours,
      "told-at": finding.told?.at ?? null,
      "acknowledged-by": acknowledgements.map(({ owner }) => owner).join("; "),
    }),
    target: targetOf(objective, isOver),
    ...relatedTo(repository !== null && known.has(repository) ? [uuidOfObservation(report, repository)] : []),
  };
}

function targetOf(objective: string, isSatisfied: boolean): object {
  return { type: "objective-id", "target-id": objective, status: { state: isSatisfied ? "satisfied" : "not-satisfied" } };
}

function relatedTo(uuids: readonly string[]): object {
  return uuids.length === 0 ? {} : { "related-observations": uuids.map((uuid) => ({ "observation-uuid": uuid })) };
}
