import type { Reply, FoundCandidate } from "./reply.ts";
import type { PlaceName } from "./places.ts";

/** One thing at a place that may be a signature, with its bytes. */
export interface Candidate extends FoundCandidate {
  readonly place: PlaceName;
}

/** What one place said of one target digest when it was asked (architecture section 3). */
export type GivenAnswer = { readonly place: PlaceName } & Reply<Candidate>;

/** A given answer, or the recorded one of the run `at`. */
export type PlaceAnswer =
  | GivenAnswer
  | {
      readonly place: PlaceName;
      readonly kind: "recalled";
      readonly answer: "found" | "nothing" | "notApplicable";
      readonly at: string;
      readonly detail: string;
    };
