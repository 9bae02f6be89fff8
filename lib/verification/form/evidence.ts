import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import type { Malformed } from "../malformed.ts";

/** One signature with all that lies beside it, decoded and bounded but not trusted: an attacker may have written all of it. */
export interface SignatureEvidence {
  /** What it counts as by its form, or by the predicate type if it holds a statement. */
  readonly evidence: "signature" | "attestation";
  readonly signature: Uint8Array;
  readonly signed: SignedBytes;
  readonly claim: SignerClaim;
  /** PEM text of further certificates beside the signing one. They may only fill gaps in a chain of an own PKI. */
  readonly chain: string;
  readonly logEntries: LogEntries;
  readonly timestamps: Timestamps;
  /** What timestamps are over: the signature, or the entire envelope in cosign's `.att`. */
  readonly stamped: Uint8Array;
  /** If a statement is signed, the digests that log entries name instead of the signed bytes. */
  readonly envelope: EnvelopeDigests | null;
}

/** Who made a signature, as the unsigned data beside it says. It never decides whom to trust, only how a failure is named. */
export type SignerClaim =
  | { readonly kind: "none" }
  | { readonly kind: "hint"; readonly hint: string }
  /** PEM text or DER bytes of the signing certificate. */
  | { readonly kind: "certificate"; readonly certificate: string | Uint8Array };

export type SignedBytes =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** A bundle may sign the manifest itself, of which only the digest is at hand. */
  | { readonly kind: "digest"; readonly sha256: Uint8Array };

export type LogEntries = { readonly kind: "read"; readonly entries: readonly TransparencyLogEntry[] } | Malformed;

export type Timestamps = { readonly kind: "read"; readonly tokens: readonly Uint8Array[] } | Malformed;

/** SHA-256 as lower-case hex. */
interface EnvelopeDigests {
  readonly payload: string;
  /** Of the envelope as it was submitted; null if only its parts are at hand. */
  readonly layer: string | null;
}

export const NO_LOG_ENTRIES: LogEntries = { kind: "read", entries: [] };
export const NO_TIMESTAMPS: Timestamps = { kind: "read", tokens: [] };
