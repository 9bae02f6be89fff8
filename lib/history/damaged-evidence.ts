import type { Digest } from "../oci/digest.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";

/** What a store throws where bytes lie under a digest that is not theirs. */
export function damagedEvidence(digest: Digest): SealwatchError {
  return new SealwatchError(
    "history-damaged",
    `load evidence ${digest}: the bytes in the history are not the ones that it names; restore it from a backup (sealwatch history --verify names the run)`,
  );
}
