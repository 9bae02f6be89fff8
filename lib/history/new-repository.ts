import type { RepositoryState } from "./state.ts";

/** The state of a repository that was never recorded. */
export const NEW_REPOSITORY: RepositoryState = {
  version: 0,
  run: "",
  baselineRun: null,
  referrersApi: { learned: false, missingNights: 0, missingRun: null },
  unansweredSince: null,
  everSigned: false,
  neverSigned: false,
  coverageLost: false,
  pending: [],
};
