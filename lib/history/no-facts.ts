import type { ChangeFacts } from "./state.ts";

/** The facts of a change that no single release has: whoever describes one says what it does have. */
export const NO_FACTS: Omit<ChangeFacts, "explanation"> = {
  lookedIn: [],
  alsoServedAs: [],
  signedBefore: null,
  lastSeenBefore: null,
  check: null,
  owner: null,
  graceSeconds: 0,
};
