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

/** What a candidate claims to be. `nothing` is not counted anywhere. */
export type EvidenceKind = "signature" | "attestation" | "unsigned-attestation" | "nothing";

/** Who signed and when, as far as a key or an authority vouches for it. It is for people who ask what a candidate is. */
export interface SigningProof {
  readonly kind: VerifiedSigner["kind"];
  /** For keys `sha256:<hex>` of the DER public key; otherwise the subject of the certificate. */
  readonly identity: string;
  readonly issuer: string | null;
  /** Signed times, each with its signer. */
  readonly times: readonly { readonly at: string; readonly by: string }[];
  readonly logIndex: number | null;
  /** What the issuer vouched for beside the identity, in words of the watch list: repository, ref, workflow, trigger. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What a statement of provenance says about the build; null for what it does not say. */
export interface Provenance {
  readonly builder: string | null;
  readonly source: string | null;
}

/**
 * What verification learned about one candidate. It answers *who*; whether that is enough is decided later.
 * `trust-missing`: it might be valid, but the trust material that would tell is missing or too old.
 */
export type CandidateResult = {
  readonly evidence: EvidenceKind;
  readonly place: PlaceName;
  readonly artifact: Digest;
  readonly form: string;
  /** Predicate type of an attestation, from bytes that verified; or null. */
  readonly predicateType: string | null;
  /** The predicate type that an attestation claims although no signer of the policy made it. Otherwise absent or null. */
  readonly claimedPredicateType?: string | null;
  /** One sentence without trailing stop. */
  readonly detail: string;
  readonly proof: SigningProof | null;
} &
  /** `entries` names all the policy's signers that may have made this signature; it counts for one of them. */
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

/** What a candidate is, before its place and artifact are added: a `CandidateResult` in the making. */
export type Outcome = Pick<CandidateResult, "evidence" | "predicateType" | "claimedPredicateType" | "detail" | "proof"> &
  (
    | (Pick<Extract<CandidateResult, { kind: "verified" }>, "kind" | "entries" | "provenance"> & {
        readonly signer: Omit<VerifiedSigner, "place" | "artifact">;
      })
    /** `bySigner`: a signer of the policy made it, whatever else is wrong. */
    | { readonly kind: "rejected"; readonly reason: RejectionReason; readonly bySigner: boolean }
    | { readonly kind: "trust-missing"; readonly code: string }
    | { readonly kind: "not-evidence" }
  );
