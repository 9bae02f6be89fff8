import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import type { SignerClaim } from "./signer-claim.ts";

/**
 * One signature with everything that lies beside it, whatever form it was stored in. Nothing of it is trusted: it is what an attacker
 * may have written, decoded and bounded.
 */
export interface SignatureEvidence {
  /** What the form says it is; the predicate type of a statement decides where there is one. */
  readonly evidence: "signature" | "attestation";
  readonly signature: Uint8Array;
  readonly signed: SignedBytes;
  readonly claim: SignerClaim;
  /** PEM text of further certificates beside the signing one: they may only fill gaps in a chain of an own PKI. */
  readonly chain: string;
  readonly logEntries: LogEntries;
  readonly timestamps: Timestamps;
  /** What timestamps are over: the signature, or the whole envelope in cosign's `.att`. */
  readonly stamped: Uint8Array;
  /** Where a statement is signed: digests that entries of the log name instead of the signed bytes. */
  readonly envelope: EnvelopeDigests | null;
}

export type SignedBytes =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** A bundle may sign the manifest itself, of which the digest is at hand. */
  | { readonly kind: "digest"; readonly sha256: Uint8Array };

export type LogEntries =
  | { readonly kind: "read"; readonly entries: readonly TransparencyLogEntry[] }
  | { readonly kind: "malformed"; readonly detail: string };

export type Timestamps =
  | { readonly kind: "read"; readonly tokens: readonly Uint8Array[] }
  | { readonly kind: "malformed"; readonly detail: string };

/** SHA-256 as lower-case hex. */
interface EnvelopeDigests {
  readonly payload: string;
  /** Of the envelope as it was submitted; null where only its parts are at hand. */
  readonly layer: string | null;
}

export const NO_LOG_ENTRIES: LogEntries = { kind: "read", entries: [] };
export const NO_TIMESTAMPS: Timestamps = { kind: "read", tokens: [] };
