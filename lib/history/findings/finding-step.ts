export type FindingStatus = "open" | "acknowledged" | "resolved" | "withdrawn";

/** Somebody took a finding on. Times are ISO. */
export interface Acknowledgement {
  readonly until: string;
  readonly reason: string;
  readonly owner: string;
  readonly at: string;
}

/**
 * What became of a finding at one time. A run's step is known once that run is over, a person's at once; so what was known of the finding
 * at any past time follows from its steps up to then.
 */
export interface FindingStep {
  readonly by: "run" | "person";
  /** The run that concluded it (its name), or the ISO time at which somebody said so. */
  readonly at: string;
  readonly status: FindingStatus;
  readonly acknowledgement: Acknowledgement | null;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
}
