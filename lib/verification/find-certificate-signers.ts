import type { CertificatesSigner } from "../watchlist/watch-list.ts";
import { faultOfSigningCertificate } from "./certificate/check-signing-certificate.ts";
import { findOwnPaths, sortAuthorities, type OwnAuthorities } from "./certificate/own-path.ts";
import { describeSubject, parseCertificate, parseCertificates, type ParsedCertificate } from "./certificate/parse-certificate.ts";
import type { SignatureEvidence } from "./form/evidence.ts";
import { readIdentity } from "./identity/certificate-identity.ts";
import { CERTIFICATE_CHAIN_LIMIT } from "./limits.ts";
import { DEFAULT_ROOT, verifyLogDemand } from "./log-demand.ts";
import type { VerificationContext } from "./verification-context.ts";
import { quoteText } from "./quote-text.ts";
import { formatTimes, refuse, type Refusal, type SignerSearch } from "./signer-search.ts";
import { includesTime } from "./trust/trust-material.ts";
import { verifySigned } from "./key/verify-signed.ts";

/** The most certificates in the list of one signer. */
const CONFIGURED_LIMIT = 1024;
const AUTHORITIES = new WeakMap<CertificatesSigner, OwnAuthorities>();

/** Searches the policy's own PKIs for the issuer of the certificate, one search for each signer. Empty if the policy has none. */
export function findCertificateSigners(
  evidence: SignatureEvidence,
  encoded: string | Uint8Array,
  context: VerificationContext,
): SignerSearch[] {
  const signers = context.policy.signers.filter((signer): signer is CertificatesSigner => signer.kind === "certificates");
  if (signers.length === 0) return [];
  const certificate = parseCertificate(encoded);
  if (certificate === null) return [refuse("unverifiable", "a signature with a certificate that cannot be read")];
  const whom = quoteText(subjectOf(certificate));
  const fault = faultOfSigner(evidence, certificate, whom);
  return fault === null ? signers.map((signer) => judgeSigner(signer, evidence, certificate, context)) : [fault];
}

function faultOfSigner(evidence: SignatureEvidence, certificate: ParsedCertificate, whom: string): Refusal | null {
  const { key } = certificate;
  if (key.kind === "malformed") return refuse("unverifiable", `a signature by ${key.detail}, with a certificate for ${whom}`);
  const verified = verifySigned(key.key, evidence.signed, evidence.signature);
  if (verified !== "verified")
    return refuse(
      verified === "refused" ? "invalid-signature" : "unverifiable",
      `a signature that does not verify with the certificate beside it, for ${whom}`,
    );
  const fault = faultOfSigningCertificate(certificate, "unrestricted");
  return fault === null ? null : refuse("unverifiable", `${fault}, for ${whom}`);
}

/** If there is no signed time, a certificate of an own PKI must be valid now, because nothing says that it was valid when it signed. */
function judgeSigner(
  signer: CertificatesSigner,
  evidence: SignatureEvidence,
  certificate: ParsedCertificate,
  context: VerificationContext,
): SignerSearch {
  const identity = subjectOf(certificate);
  const whom = quoteText(identity);
  const offered = parseCertificates(evidence.chain, CERTIFICATE_CHAIN_LIMIT) ?? [];
  const paths = findOwnPaths(certificate, authoritiesOf(signer), offered);
  if (paths.length === 0) return refuse("unexpected-signer", `a certificate for ${whom} that no authority of ${signer.name} issued`);
  const proof = { kind: "certificates", identity, issuer: null, times: [], logIndex: null, claims: {} } as const;
  if (certificate.key.kind === "malformed") return refuse("unverifiable", certificate.key.detail);
  const publicKey = certificate.key.key.keyObject.export({ type: "spki", format: "der" });
  const demand = { demand: context.policy.transparencyLog, trustedRoot: signer.trustedRoot ?? DEFAULT_ROOT };
  const logged = verifyLogDemand(evidence, { certificate: certificate.der, publicKey }, demand, context);
  if (logged.kind === "trust-missing") return { ...logged, detail: `signed by ${signer.name}, but ${logged.detail}` };
  if (logged.kind === "refused") return refuse("policy-unmet", `signed by ${signer.name}, but ${logged.detail}`, true, proof);
  const proven = { ...proof, times: formatTimes(logged.times), logIndex: logged.logIndex };
  const times = logged.times.length > 0 ? logged.times.map(({ time }) => time) : [context.now];
  const isAlive = ({ notBefore, notAfter }: ParsedCertificate): boolean =>
    times.every((time) => includesTime({ from: notBefore, to: notAfter }, time));
  const alive = paths.some((path) => path.every((step) => isAlive(step)));
  const when = logged.times.length > 0 ? "was not valid when it was made" : "is not valid now, and nothing proves when it was made";
  return alive
    ? { kind: "found", entries: [signer], proof: proven }
    : refuse("expired", `signed by ${signer.name}, but a certificate of its chain ${when}`, true, proven);
}

function authoritiesOf(signer: CertificatesSigner): OwnAuthorities {
  const known = AUTHORITIES.get(signer);
  if (known) return known;
  const authorities = sortAuthorities(signer.pems.flatMap((pem) => parseCertificates(pem, CONFIGURED_LIMIT) ?? []));
  AUTHORITIES.set(signer, authorities);
  return authorities;
}

function subjectOf(certificate: ParsedCertificate): string {
  const identity = readIdentity(certificate);
  return "kind" in identity ? describeSubject(certificate) : identity.subjects[0];
}
