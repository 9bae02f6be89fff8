export type FindingStatus = "open" | "acknowledged" | "resolved" | "withdrawn";

/** Somebody took a finding on. Times are ISO. */
export interface Acknowledgement {
  readonly until: string;
  readonly reason: string;
  readonly owner: string;
  readonly at: string;
}

/**
 * What a finding became at one time. A run's step is known once the run is over, a person's at once. So the steps up to a past time say
 * what was known of the finding then.
 */
export interface FindingStep {
  readonly by: "run" | "person";
  /** The name of the run that concluded it, or the ISO time at which a person said so. */
  readonly at: string;
  readonly status: FindingStatus;
  readonly acknowledgement: Acknowledgement | null;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
}
