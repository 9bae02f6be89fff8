import type { Reply, FoundCandidate } from "./reply.ts";
import type { PlaceName } from "./places.ts";

/** One thing at a place that may be a signature, with its bytes. */
export interface Candidate extends FoundCandidate {
  readonly place: PlaceName;
}

/** What one place said of one target digest (architecture section 3). `detail` is for people. */
export type PlaceAnswer = { readonly place: PlaceName } & (
  | Reply<Candidate>
  | {
      readonly kind: "recalled";
      readonly answer: "found" | "nothing" | "notApplicable";
      readonly at: string;
      readonly detail: string;
    }
);
