import { formatJson } from "../../text/escape.ts";
import type { ReportModel } from "../report-model.ts";
import { deriveUuid } from "./derive-uuid.ts";
import { describeObservation, uuidOfRepository } from "./describe-observations.ts";
import { describeOscalFindings, formatControl, OWN_OBJECTIVE } from "./describe-oscal-findings.ts";
import { formatLine } from "./oscal-property.ts";

const OSCAL_VERSION = "1.1.2";

/**
 * Formats the report as OSCAL assessment results: an observation per repository, findings with their state, evidence by digest. UUIDs are
 * derived: the same report gives the same bytes. https://pages.nist.gov/OSCAL-Reference/models/v1.1.2/assessment-results/json-outline/
 */
export function formatOscal(report: ReportModel): string {
  const { period, asOf, sentence, controls, repositories } = report;
  const names = [period.from, period.to, asOf];
  const plan = deriveUuid("plan", ...names);
  const document = {
    "assessment-results": {
      uuid: deriveUuid("assessment-results", ...names),
      metadata: {
        title: formatLine(`Image signatures, ${period.title}`),
        "last-modified": asOf,
        version: asOf,
        "oscal-version": OSCAL_VERSION,
      },
      "import-ap": { href: `#${plan}` },
      results: [
        {
          uuid: deriveUuid("result", ...names),
          title: formatLine(period.title),
          description: formatLine(sentence),
          start: `${period.from}T00:00:00Z`,
          // Nothing was assessed after `asOf`.
          end: [`${period.to}T23:59:59Z`, asOf].toSorted()[0],
          ...(repositories.length > 0 && { "local-definitions": { components: repositories.map(describeComponent) } }),
          "reviewed-controls": { "control-selections": [selectControls(controls)] },
          ...(repositories.length > 0 && { observations: repositories.map((repository) => describeObservation(report, repository)) }),
          findings: describeOscalFindings(report),
        },
      ],
      "back-matter": { resources: [{ uuid: plan, title: "Watch list", description: describePlan(report) }] },
    },
  };
  return `${formatJson(document)}\n`;
}

function describeComponent(repository: ReportModel["repositories"][number]): object {
  return {
    uuid: uuidOfRepository(repository),
    type: "software",
    title: formatLine(repository.repository),
    description: `Container images, ${repository.releases.length} releases in the period.`,
    status: { state: "operational" },
  };
}

function selectControls(controls: readonly string[]): object {
  if (controls.length === 0) return { "include-all": {} };
  return { "include-controls": controls.map((id) => ({ "control-id": formatControl(id) })) };
}

/** Describes the assessment plan, which is the watch list: its changes say which version was used when. */
function describePlan({ scopeChanges, controls }: ReportModel): string {
  const digests = [...new Set(scopeChanges.map(({ watchList }) => watchList))];
  const objective = controls.length === 0 ? ` It names no controls; findings are about ${OWN_OBJECTIVE}.` : "";
  const changed = digests.length === 0 ? "It did not change in the period." : `New in the period: ${digests.join(", ")}.`;
  return `The plan is the watch list that every run audits by, kept in the history by its digest. ${changed}${objective}`;
}
