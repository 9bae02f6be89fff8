import { faultOfSigningCertificate } from "./certificate/check-signing-certificate.ts";
import { findIssuingPaths } from "./certificate/issuing-path.ts";
import { parseCertificate, type ParsedCertificate } from "./certificate/parse-certificate.ts";
import { faultOfScts } from "./certificate/verify-sct.ts";
import type { RejectionReason } from "./candidate-result.ts";
import type { SignatureEvidence } from "./form/evidence.ts";
import { readIdentity, type CertificateIdentity } from "./identity/certificate-identity.ts";
import { describeUnlogged, proveLogged, proveTimestamps, timesOf, type SignedTime } from "./prove-logged.ts";
import { quoteText } from "./quote-text.ts";
import { includesTime, type TrustMaterial } from "./trust/trust-material.ts";
import { verifySigned } from "./key/verify-signed.ts";

/** What a certificate under a trusted root proves about a signature. Whether the policy wants that signer is asked later. */
export type CertificateProof =
  | {
      readonly kind: "proven";
      readonly identity: CertificateIdentity;
      readonly times: readonly SignedTime[];
      readonly logIndex: number | null;
    }
  | {
      readonly kind: "refused";
      readonly reason: RejectionReason;
      readonly detail: string;
      /** Who the certificate says signed; `vouched` tells whether an authority of the root issued it. */
      readonly identity: CertificateIdentity | null;
      readonly vouched: boolean;
    };

/**
 * Verifies a signature by certificate under a trusted root: the signature, the issuing chain, at least one time that a log or a timestamp
 * authority signed, everything valid at every such time, the certificate's own log (SCT), and the log entry of the signature.
 * https://github.com/sigstore/architecture-docs/blob/main/client-spec.md#4-verification
 */
export function proveCertificate(evidence: SignatureEvidence, encoded: string | Uint8Array, material: TrustMaterial): CertificateProof {
  const certificate = parseCertificate(encoded);
  if (certificate === null) return refused("unverifiable", "a signature with a certificate that cannot be read", null, false);
  const identity = readIdentity(certificate);
  if ("kind" in identity) return refused("unverifiable", `a signature with ${identity.detail}`, null, false);
  const whom = quoteText(identity.subjects[0]);
  const fault = faultOfSigner(evidence, certificate, whom);
  if (fault !== null) return refused(fault.reason, fault.detail, identity, false);
  const paths = findIssuingPaths(certificate, material.certificateAuthorities);
  if (paths.length === 0) {
    return refused("unexpected-signer", `a certificate for ${whom} by an authority that the trusted root does not name`, identity, false);
  }
  const wrong = (reason: RejectionReason, detail: string): CertificateProof =>
    refused(reason, `a signature by ${whom}, but ${detail}`, identity, true);

  const stamps = proveTimestamps(evidence, material);
  if (stamps.kind === "refused") return wrong("policy-unmet", stamps.detail);
  const log = proveLogs(evidence, certificate, material);
  if (log.kind === "refused") return wrong("policy-unmet", log.detail);
  const times = [...timesOf(log.inclusions), ...stamps.times];
  if (times.length === 0)
    return wrong("policy-unmet", "nothing proves when it was made: neither a log's promise nor a timestamp that verifies");
  const alive = paths.filter((path) => times.every(({ time }) => path.isValidAt(time)));
  const period = { from: certificate.notBefore, to: certificate.notAfter };
  if (alive.length === 0 || !times.every(({ time }) => includesTime(period, time)))
    return wrong("expired", "its certificate was not valid when it was made");
  if (log.inclusions.some((inclusion) => !times.some(({ time }) => includesTime(inclusion.log.validFor, time)))) {
    return wrong("policy-unmet", "its log entry is of a log that was not valid when it was made");
  }
  if (material.demands.sct === "required") {
    const missing = faultOfScts(certificate, alive[0]!.issuer, material.ctLogs);
    if (missing !== null) return wrong("policy-unmet", `by ${missing}`);
  }
  if (material.demands.log === "required" && log.inclusions.length === 0) return wrong("policy-unmet", describeUnlogged(evidence));
  return { kind: "proven", identity, times, logIndex: log.inclusions[0]?.logIndex ?? null };
}

function faultOfSigner(
  evidence: SignatureEvidence,
  certificate: ParsedCertificate,
  whom: string,
): { reason: RejectionReason; detail: string } | null {
  const { key } = certificate;
  if (key.kind === "malformed") return { reason: "unverifiable", detail: `a signature by ${key.detail}, with a certificate for ${whom}` };
  const verified = verifySigned(key.key, evidence.signed, evidence.signature);
  if (verified === "unsupported")
    return { reason: "unverifiable", detail: `a signature over a digest, which is not verified for keys like that of ${whom}` };
  if (verified === "refused")
    return { reason: "invalid-signature", detail: `a signature that does not verify with the certificate beside it, for ${whom}` };
  const fault = faultOfSigningCertificate(certificate, "stated");
  return fault === null ? null : { reason: "unverifiable", detail: `${fault}, for ${whom}` };
}

function proveLogs(evidence: SignatureEvidence, { der, key }: ParsedCertificate, material: TrustMaterial): ReturnType<typeof proveLogged> {
  if (material.demands.log === "none" || key.kind === "malformed") return { kind: "proven", inclusions: [] };
  const publicKey = key.key.keyObject.export({ type: "spki", format: "der" });
  return proveLogged(evidence, { certificate: der, publicKey }, material);
}

function refused(reason: RejectionReason, detail: string, identity: CertificateIdentity | null, vouched: boolean): CertificateProof {
  return { kind: "refused", reason, detail, identity, vouched };
}
