import type { FailureCode } from "../registry/answer.ts";
import type { FailureOrigin } from "../registry/origin-of-failure.ts";
import type { RejectionReason, VerifiedSigner } from "../verification/candidate-result.ts";

export type UnsignedReason =
  | "nothing-found"
  | "only-on-platform"
  | "only-attestation"
  | "only-unsigned-attestation"
  | "logged-not-stored"
  | "orphaned";

/** Why a verdict is `unknown`: the code of the failure, or what the trust material lacks. */
export type UnknownReason = FailureCode | "trust-missing" | "trust-too-old";

/** The verdict on one release (architecture section 4). */
export type Verdict =
  | { readonly verdict: "signed"; readonly reason: null; readonly explanation: string; readonly signers: readonly VerifiedSigner[] }
  | {
      readonly verdict: "untrusted";
      readonly reason: RejectionReason;
      readonly explanation: string;
      readonly signers: readonly VerifiedSigner[];
    }
  | { readonly verdict: "unsigned"; readonly reason: UnsignedReason; readonly explanation: string; readonly signers: readonly [] }
  | {
      readonly verdict: "unknown";
      readonly reason: UnknownReason;
      readonly explanation: string;
      readonly signers: readonly [];
      /** Whether stored content hides what would decide. Absent for everything else that may be unknown. */
      readonly hiddenBy?: Exclude<FailureOrigin, "weather">;
    }
  | { readonly verdict: "pending"; readonly reason: "within-grace"; readonly explanation: string; readonly signers: readonly [] };

export type VerdictWord = Verdict["verdict"];
/** The verdicts that say something about the release, and not about the look-up. */
export type DefinitiveWord = "signed" | "untrusted" | "unsigned";

export function isDefinitive(word: VerdictWord): word is DefinitiveWord {
  return word === "signed" || word === "untrusted" || word === "unsigned";
}
