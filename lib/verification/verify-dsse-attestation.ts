import { parseJson } from "../oci/parse-json.ts";
import { parseEnvelope } from "./dsse-envelope.ts";
import { BUNDLE_LIMIT_BYTES } from "./limits.ts";
import { reject, type Outcome, type VerificationContext } from "./outcome.ts";
import { claimOfAnnotations, hasLogEntry } from "./signature-annotations.ts";
import { verifyEnvelope } from "./verify-envelope.ts";

/**
 * Verifies a layer that is a bare DSSE envelope: cosign's `.att`, or a referrer without a bundle.
 * https://github.com/sigstore/cosign/blob/main/specs/ATTESTATION_SPEC.md
 */
export function verifyDsseAttestation(
  bytes: Uint8Array,
  annotations: Readonly<Record<string, string>>,
  context: VerificationContext,
): Outcome[] {
  if (bytes.length > BUNDLE_LIMIT_BYTES) {
    return [reject("unverifiable", `an envelope of ${bytes.length} bytes, past the limit of ${BUNDLE_LIMIT_BYTES}`, "attestation")];
  }
  const json = parseJson(bytes, { duplicateKeys: "refuse" });
  if (json.kind === "malformed") return [reject("unverifiable", `an envelope that is refused: ${json.detail}`, "attestation")];
  const parsed = parseEnvelope(json.value);
  if (parsed.kind === "malformed") return [reject("unverifiable", parsed.detail, "attestation")];
  const surroundings = { claim: claimOfAnnotations(annotations), logged: hasLogEntry(annotations), evidence: "attestation" } as const;
  return verifyEnvelope(parsed.envelope, surroundings, context);
}
