import type { Acknowledgement, FindingStep } from "./finding-step.ts";
import type { Finding, RunId } from "../state.ts";

/** Who made a finding what it is: the run that concluded it, or a person at an ISO time. */
type StepAuthor = Pick<FindingStep, "by" | "at">;

/** Returns the finding with its present status noted as a step. A finding whose last step says the same is left alone. */
export function noteStep(finding: Finding, { by, at }: StepAuthor): Finding {
  const { status, acknowledgement, resolvedAt, resolution } = finding;
  // The steps of a finding that an older version opened follow from its other fields.
  const steps = finding.steps ?? (finding.version === 0 ? [] : stepsOf(finding));
  const last = steps.at(-1);
  if (finding.steps !== undefined && last?.status === status && last.acknowledgement?.at === acknowledgement?.at) return finding;
  if (finding.steps === undefined && last?.status === status) return { ...finding, steps };
  return { ...finding, steps: [...steps, { by, at, status, acknowledgement, resolvedAt, resolution }] };
}

/** Returns the steps of a finding. If an older history did not note them, they follow from its other fields. */
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

/** Returns the acknowledgement that an open finding had last, and has no longer; null if it is not open or never had one. */
export function formerAcknowledgementOf(finding: Finding): Acknowledgement | null {
  if (finding.status !== "open") return null;
  return stepsOf(finding).findLast(({ status }) => status === "acknowledged")?.acknowledgement ?? null;
}

/** Returns the finding as it was before its last step, if a person took that step; null otherwise. */
export function withoutLastStep(finding: Finding): Finding | null {
  const steps = stepsOf(finding);
  const before = steps.at(-2);
  if (steps.at(-1)?.by !== "person" || before === undefined) return null;
  const { status, acknowledgement, resolvedAt, resolution } = before;
  return { ...finding, status, acknowledgement, resolvedAt, resolution, steps: steps.slice(0, -1) };
}

/** The name of a run has whole seconds; the time of a person's step has milliseconds. */
function isRunId(text: string): text is RunId {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text);
}
