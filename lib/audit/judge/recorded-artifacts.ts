import type { TagState } from "../../history/state.ts";
import type { Digest } from "../../oci/digest.ts";
import { isTonight } from "../open-run.ts";
import type { Inquiry } from "./inquiry.ts";

/**
 * Returns the artifacts that are recorded for a digest, those of them that were verified, and those that were gone on an earlier night than
 * the one of `now` (epoch milliseconds). Signatures that the digest has lost stay recorded as long as something still names them.
 */
export function recordedArtifacts(states: readonly TagState[], now: number): Pick<Inquiry, "recorded" | "verified" | "gone"> {
  const missing = states.flatMap(({ gone = {} }) => Object.entries(gone) as [Digest, string][]);
  const signers = states.flatMap(({ last }) => [...(last?.signers ?? []), ...(last?.formerSigners ?? [])]);
  const verified = signers.map(({ artifact }) => artifact);
  return {
    recorded: new Set([...states.flatMap(({ last }) => last?.artifacts ?? []), ...verified, ...missing.map(([artifact]) => artifact)]),
    verified: new Set(verified),
    gone: new Set(missing.flatMap(([artifact, since]) => (isTonight({ id: since }, now) ? [] : [artifact]))),
  };
}
