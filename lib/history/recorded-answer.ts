import type { PlaceName } from "../discovery/places.ts";
import type { Digest } from "../oci/digest.ts";

/** A place's answer, as it was recorded. */
export interface RecordedAnswer {
  readonly place: PlaceName;
  readonly answer: "found" | "nothing" | "notApplicable" | "failed";
  readonly detail: string;
  /** The digest of the index that named what was found, if the place has one. */
  readonly holder?: Digest;
}
