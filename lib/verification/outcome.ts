import type { Digest } from "../oci/digest.ts";
import type { Policy } from "../watchlist/watch-list.ts";
import type { EvidenceKind, RejectionReason } from "./candidate-result.ts";

/** For whom and when a candidate is judged. */
export interface VerificationContext {
  /** The digest that must be signed. */
  readonly target: Digest;
  /** The audited tag: identities of certificates may contain it. */
  readonly tag: string;
  readonly policy: Policy;
  /** Epoch milliseconds: certificates of an own PKI are judged at this time. */
  readonly now: number;
  /** When the digest was first seen, epoch milliseconds: a signer's `until` is compared with it. */
  readonly firstSeen: number;
}

/** What a candidate is, before its place and artifact are added: a `CandidateResult` in the making. */
export type Outcome = { readonly evidence: EvidenceKind; readonly predicateType: string | null; readonly detail: string } & (
  | { readonly kind: "verified"; readonly signer: string; readonly fingerprint: string }
  | { readonly kind: "rejected"; readonly reason: RejectionReason }
  | { readonly kind: "trust-missing"; readonly code: string }
  | { readonly kind: "not-evidence" }
);

/** A rejection whose payload nobody vouches for, so that nothing of it is reported. */
export function reject(reason: RejectionReason, detail: string, evidence: EvidenceKind = "signature"): Outcome {
  return { kind: "rejected", evidence, predicateType: null, reason, detail };
}
