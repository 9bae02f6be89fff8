import { ANNOTATION_LIMIT_CHARACTERS } from "./limits.ts";
import type { SignerClaim } from "./match-signer.ts";

/** The code of cosign writes the first name, its specification prints the second. */
const CERTIFICATE_ANNOTATIONS = ["dev.sigstore.cosign/certificate", "dev.cosignproject.cosign/certificate"];
const LOG_ENTRY_ANNOTATION = "dev.sigstore.cosign/bundle";

/**
 * Who the annotations of a layer say signed it. A blank certificate is none: cosign writes it beside key signatures.
 * One past the limit is cut, which makes it a certificate that cannot be read and not an absent one.
 */
export function claimOfAnnotations(annotations: Readonly<Record<string, string>>): SignerClaim {
  for (const name of CERTIFICATE_ANNOTATIONS) {
    const certificate = (annotations[name] ?? "").slice(0, ANNOTATION_LIMIT_CHARACTERS);
    if (certificate.trim() !== "") return { kind: "certificate", certificate };
  }
  return { kind: "none" };
}

/** Whether an entry of a transparency log lies beside the signature. */
export function hasLogEntry(annotations: Readonly<Record<string, string>>): boolean {
  return (annotations[LOG_ENTRY_ANNOTATION] ?? "").trim() !== "";
}
