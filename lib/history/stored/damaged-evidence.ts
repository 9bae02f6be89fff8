import type { Digest } from "../../oci/digest.ts";
import { RESTORE_REMEDY } from "./damaged-record.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";

/** Returns the error of a store that finds other bytes under a digest than it names. */
export function damagedEvidence(digest: Digest): SealwatchError {
  return new SealwatchError(
    "history-damaged",
    `load evidence ${digest}: the bytes in the history are not the ones that it names; ${RESTORE_REMEDY}`,
  );
}
