import { digestOf, type Digest } from "../oci/digest.ts";
import { VERIFIER_VERSION } from "../verification/verifier-version.ts";
import { formatEpochDocument } from "../watchlist/epoch-document.ts";
import type { WatchedRepository } from "../watchlist/watch-list.ts";

/** What decides about a release besides its facts: verifier version, trust material, policy, target and places. */
export interface Epoch {
  readonly id: Digest;
  /** Kept as evidence under `id`, so that a later night can judge under it again. */
  readonly document: string;
}

/** Architecture section 5. The same watch list and verifier give the same epoch, byte for byte. */
export function epochOf(watched: WatchedRepository): Epoch {
  const known = EPOCHS.get(watched);
  if (known) return known;
  const document = `${VERIFIER_VERSION}\n${formatEpochDocument(watched)}`;
  const epoch = { id: digestOf(document), document };
  EPOCHS.set(watched, epoch);
  return epoch;
}

/** One entry of the watch list has thousands of releases. */
const EPOCHS = new WeakMap<WatchedRepository, Epoch>();

/** The watch list part of a kept epoch document. */
export function epochPolicyText(document: string): string {
  return document.slice(document.indexOf("\n") + 1);
}
