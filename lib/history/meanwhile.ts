import type { Digest } from "../oci/digest.ts";
import type { MoveCause, UnreadCause } from "./cause.ts";

/** What was told of a release while nobody could judge it, until its next definitive verdict. So it is told once. */
export interface Meanwhile {
  readonly causes: readonly UnreadCause[];
  /** Where the tag went, and from where. Absent if it is where it was at its last verdict. */
  readonly move?: { readonly cause: MoveCause; readonly from: Digest; readonly to: Digest };
}

/** Returns what was told meanwhile, or null. An older history says only whether a flood was. */
export function meanwhileOf(state: MeanwhileState | null | undefined): Meanwhile | null {
  return state?.meanwhile ?? (state?.flooded === true ? { causes: ["evidence-flooded"] } : null);
}

interface MeanwhileState {
  readonly meanwhile?: Meanwhile;
  readonly flooded?: boolean;
}
