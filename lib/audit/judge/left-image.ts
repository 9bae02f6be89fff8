import type { Verdict } from "../../history/verdict.ts";
import type { Digest } from "../../oci/digest.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";

/** An image that a tag named when it was last seen, and names no more. Nobody could judge it while it did. */
export interface LeftImage {
  readonly digest: Digest;
  readonly release: ListedRelease;
  /** What its digest alone says tonight. Null if the budget left no time to ask. */
  readonly verdict: Verdict | null;
}
