import type { ChangeFacts } from "./state.ts";

/** The facts of a change that is about no single release. Spread it, and add the facts that the change does have. */
export const NO_FACTS: Omit<ChangeFacts, "explanation"> = {
  lookedIn: [],
  alsoServedAs: [],
  signedBefore: null,
  lastSeenBefore: null,
  check: null,
  owner: null,
  graceSeconds: 0,
};
