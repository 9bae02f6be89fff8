import type { PlaceName } from "../discovery/places.ts";
import type { Digest } from "../oci/digest.ts";

/** A signer of the policy whose signature over the target was verified. */
export interface VerifiedSigner {
  /** Name of the policy's signer entry. */
  readonly signer: string;
  readonly kind: "key" | "keyless" | "certificates" | "gpg" | "notation";
  /** For keys `sha256:<hex>` of the DER public key; otherwise the subject. */
  readonly identity: string;
  readonly issuer: string | null;
  readonly place: PlaceName;
  readonly artifact: Digest;
  /** ISO time that a log or timestamp authority vouches for, or null. */
  readonly signedAt: string | null;
}

/** Why a candidate is no valid signature of the target by the policy, most informative first. */
export const REJECTION_REASONS = [
  "missing-attestation",
  "threshold-unmet",
  "policy-unmet",
  "expired",
  "wrong-digest",
  "unexpected-signer",
  "unverifiable",
  "invalid-signature",
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** What a candidate claims to be. `nothing` is neither: it is not counted anywhere. */
export type EvidenceKind = "signature" | "attestation" | "unsigned-attestation" | "nothing";

/** Who signed and when, as far as a key or an authority vouches for it: for people who ask what a candidate is. */
export interface SigningProof {
  readonly kind: VerifiedSigner["kind"];
  /** For keys `sha256:<hex>` of the DER public key; otherwise the subject of the certificate. */
  readonly identity: string;
  readonly issuer: string | null;
  /** Times that somebody signed, with who did. */
  readonly times: readonly { readonly at: string; readonly by: string }[];
  readonly logIndex: number | null;
  /** What the issuer vouched for beside the identity, in words of the watch list: repository, ref, workflow, trigger. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What a statement of provenance says of its making; null where it does not. */
export interface Provenance {
  readonly builder: string | null;
  readonly source: string | null;
}

/**
 * What verification found out about one candidate. It answers *who*; whether that is enough is decided later.
 * `trust-missing`: it might be valid, but the material to tell is missing or too old.
 */
export type CandidateResult = {
  readonly evidence: EvidenceKind;
  readonly place: PlaceName;
  readonly artifact: Digest;
  readonly form: string;
  /** Predicate type of an attestation, read from signed bytes where they verified, or null. */
  readonly predicateType: string | null;
  /** What the bytes of an attestation say of themselves where nobody of the policy signed them; absent or null elsewhere. */
  readonly claimedPredicateType?: string | null;
  /** One sentence without trailing stop. */
  readonly detail: string;
  readonly proof: SigningProof | null;
} &
  /** `entries`: names of all the policy's signers that this signature is of; it counts for one of them. */
  (
    | {
        readonly kind: "verified";
        readonly signer: VerifiedSigner;
        readonly entries: readonly string[];
        readonly provenance: Provenance | null;
      }
    | { readonly kind: "rejected"; readonly reason: RejectionReason }
    | { readonly kind: "trust-missing"; readonly code: string }
    | { readonly kind: "not-evidence" }
  );
