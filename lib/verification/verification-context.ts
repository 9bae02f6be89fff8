import type { Digest } from "../oci/digest.ts";
import type { Policy } from "../watchlist/watch-list.ts";
import type { VerificationMemo } from "./verification-memo.ts";
import type { FindMaterial } from "./trust/trust-material.ts";

/** For whom and when a candidate is judged. */
export interface VerificationContext {
  /** The digest that must be signed. */
  readonly target: Digest;
  /** The bytes of the target if they are at hand. Some signatures are over them and cannot be verified by digest. */
  readonly artifact: Uint8Array | null;
  /** The names for which `{tag}` stands: the audited tag, or for a moving tag the version tags on its digest. */
  readonly names: readonly string[];
  readonly policy: Policy;
  readonly trust: FindMaterial;
  /** The memo of the release that is judged. */
  readonly memo: VerificationMemo;
  /** Epoch milliseconds. If nothing proves when a certificate of an own PKI signed, it is judged at this time. */
  readonly now: number;
  /** When the digest was first seen, epoch milliseconds: a signer's `until` is compared with it. */
  readonly firstSeen: number;
}
