import type { KeylessSigner } from "../watchlist/watch-list.ts";
import type { SigningProof } from "./candidate-result.ts";
import { parseCertificate } from "./certificate/parse-certificate.ts";
import type { SignatureEvidence } from "./form/evidence.ts";
import { readIdentity, type CertificateIdentity } from "./identity/certificate-identity.ts";
import { matchIdentity } from "./identity/match-identity.ts";
import type { VerificationContext } from "./verification-context.ts";
import { endOfRoot, type TrustMaterial } from "./trust/trust-material.ts";
import { proveCertificate, type CertificateProof } from "./prove-certificate.ts";
import { quoteText } from "./quote-text.ts";
import { verifySigned } from "./key/verify-signed.ts";
import { formatTimes, refuse, type Refusal, type SignerSearch } from "./signer-search.ts";

/** Finds the keyless signers of the policy that made the signature: one search for each trusted root that they name. */
export function findKeylessSigners(
  evidence: SignatureEvidence,
  certificate: string | Uint8Array,
  context: VerificationContext,
): SignerSearch[] {
  const signers = context.policy.signers.filter((signer): signer is KeylessSigner => signer.kind === "keyless");
  const roots = [...new Set(signers.map(({ trustedRoot }) => trustedRoot))];
  return roots.map((root) => {
    const under = signers.filter(({ trustedRoot }) => trustedRoot === root);
    const found = context.trust(root);
    if (found.kind === "missing") return withoutMaterial(evidence, certificate, under, context, found);
    const proof = context.memo.proof(evidence, found.material, () => proveCertificate(evidence, certificate, found.material));
    return refuseOutlived(proof, under, found.material, context) ?? judgeProof(proof, under, context);
  });
}

/** A signature that fails under a root that has ended may verify under its successor. */
function refuseOutlived(
  proof: CertificateProof,
  signers: readonly KeylessSigner[],
  material: TrustMaterial,
  context: VerificationContext,
): SignerSearch | null {
  const end = endOfRoot(material);
  if (proof.kind === "proven" || !proof.vouched || proof.identity === null || end >= context.now) return null;
  if (matchAll(proof.identity, signers, context).entries.length === 0) return null;
  const day = new Date(end).toISOString().slice(0, 10);
  const detail = `${proof.detail}; the trusted root is too old: it ended on ${day}, and needs a newer trusted_root.json`;
  return { kind: "trust-missing", code: "trusted-root-too-old", detail };
}

function judgeProof(proof: CertificateProof, signers: readonly KeylessSigner[], context: VerificationContext): SignerSearch {
  if (proof.kind === "refused") return judgeRefusal(proof, signers, context);
  const { identity, times, logIndex } = proof;
  const matches = matchAll(identity, signers, context);
  const proven = proofOf(identity, matches.subject, formatTimes(times), logIndex);
  if (matches.entries.length > 0) return { kind: "found", entries: matches.entries, proof: proven };
  return unexpected(identity, matches.nearest, proven);
}

/** A stranger's signature is told as a stranger's, even if something else is wrong with it. */
function judgeRefusal(
  proof: Extract<CertificateProof, { kind: "refused" }>,
  signers: readonly KeylessSigner[],
  context: VerificationContext,
): Refusal {
  const { identity, vouched, reason, detail } = proof;
  if (identity === null) return refuse(reason, detail);
  const matches = matchAll(identity, signers, context);
  const shown = proofOf(identity, matches.subject, [], null);
  if (vouched && matches.entries.length === 0) return unexpected(identity, matches.nearest, shown);
  return refuse(reason, detail, vouched, vouched ? shown : null);
}

function unexpected(identity: CertificateIdentity, nearest: string, proof: SigningProof): Refusal {
  const issuer = identity.issuer === null ? "no issuer" : `issuer ${quoteText(identity.issuer)}`;
  return refuse(
    "unexpected-signer",
    `signed by ${quoteText(identity.subjects[0])} (${issuer}), whom the policy does not name; nearest: ${nearest}`,
    false,
    proof,
  );
}

interface Matches {
  readonly entries: readonly KeylessSigner[];
  readonly subject: string;
  /** What the nearest signer of the policy demands and the identity lacks. */
  readonly nearest: string;
}

function matchAll(identity: CertificateIdentity, signers: readonly KeylessSigner[], { names }: VerificationContext): Matches {
  const results = signers.map((signer) => ({ signer, match: matchIdentity(identity, signer, names) }));
  const matched = results.flatMap(({ signer, match }) => (match.kind === "match" ? [{ signer, subject: match.subject }] : []));
  const missed = results.flatMap(({ match }) => (match.kind === "mismatch" ? [match] : []));
  const nearest = missed.toSorted((left, right) => right.agreements - left.agreements)[0]?.detail ?? "";
  return { entries: matched.map(({ signer }) => signer), subject: matched[0]?.subject ?? identity.subjects[0], nearest };
}

function proofOf(
  { issuer, claims }: CertificateIdentity,
  identity: string,
  times: SigningProof["times"],
  logIndex: number | null,
): SigningProof {
  const { repository, ref, workflowFile, trigger } = claims;
  // A workflow may give itself any name, so only its file says something.
  const said = Object.entries({ repository, ref, workflow: workflowFile, trigger }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return { kind: "keyless", identity, issuer, times, logIndex, claims: Object.fromEntries(said) };
}

/** Material matters only if it could make the signature valid, and not for a certificate that names somebody else. */
function withoutMaterial(
  evidence: SignatureEvidence,
  encoded: string | Uint8Array,
  signers: readonly KeylessSigner[],
  context: VerificationContext,
  missing: { readonly code: string; readonly detail: string },
): SignerSearch {
  const certificate = parseCertificate(encoded);
  const identity = certificate && readIdentity(certificate);
  if (identity === null || "kind" in identity) return refuse("unverifiable", "a signature with a certificate that cannot be read");
  const { key } = certificate!;
  if (key.kind === "loaded" && verifySigned(key.key, evidence.signed, evidence.signature) === "refused")
    return refuse(
      "invalid-signature",
      `a signature that does not verify with the certificate beside it, for ${quoteText(identity.subjects[0])}`,
    );
  const { entries, nearest } = matchAll(identity, signers, context);
  if (entries.length === 0) return unexpected(identity, nearest, proofOf(identity, identity.subjects[0], [], null));
  return { kind: "trust-missing", code: missing.code, detail: `a signature by ${quoteText(identity.subjects[0])}, but ${missing.detail}` };
}
