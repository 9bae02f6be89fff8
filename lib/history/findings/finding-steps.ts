import type { FindingStep } from "./finding-step.ts";
import type { Finding, RunId } from "../state.ts";

/** Who made a finding what it is: the run that concluded it, or somebody at an ISO time. */
type StepAuthor = Pick<FindingStep, "by" | "at">;

/** The finding with what it became noted as a step; a finding that is as noted last is left alone. */
export function noteStep(finding: Finding, { by, at }: StepAuthor): Finding {
  const { status, acknowledgement, resolvedAt, resolution } = finding;
  // A finding that an older version opened tells what it knows of itself.
  const steps = finding.steps ?? (finding.version === 0 ? [] : stepsOf(finding));
  const last = steps.at(-1);
  if (finding.steps !== undefined && last?.status === status && last.acknowledgement?.at === acknowledgement?.at) return finding;
  if (finding.steps === undefined && last?.status === status) return { ...finding, steps };
  return { ...finding, steps: [...steps, { by, at, status, acknowledgement, resolvedAt, resolution }] };
}

/** The steps of a finding; where an older history did not note them, those that follow from what it is. */
export function stepsOf({ steps, openedAt, acknowledgement, status, resolvedAt, resolution }: Finding): readonly FindingStep[] {
  if (steps !== undefined) return steps;
  const open = { status: "open", acknowledgement: null, resolvedAt: null, resolution: null } as const;
  const told: FindingStep[] = [{ by: "run", at: openedAt, ...open }];
  if (acknowledgement !== null && resolvedAt !== acknowledgement.at)
    told.push({ ...open, by: "person", at: acknowledgement.at, status: "acknowledged", acknowledgement });
  if (resolvedAt !== null)
    told.push({ by: isRunId(resolvedAt) ? "run" : "person", at: resolvedAt, status, acknowledgement, resolvedAt, resolution });
  return told;
}

/** Runs are named by whole seconds, people's times have milliseconds. */
function isRunId(text: string): text is RunId {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text);
}
