import type { Verdict } from "../verdict.ts";
import type { Cause } from "../cause.ts";

/**
 * Returns the cause that a release has by its verdict alone: the rows of the table in architecture section 5 that read nothing but the
 * reason. Returns null for a verdict that is no evidence against the release: signed, unknown, pending.
 */
export function causeOfVerdict(verdict: Pick<Verdict, "verdict"> & { readonly reason: string | null }): Cause | null {
  if (verdict.verdict === "untrusted") {
    switch (verdict.reason) {
      case "wrong-digest":
        return "signature-misbound";
      case "invalid-signature":
        return "signature-invalid";
      case "unexpected-signer":
        return "unexpected-signer";
      default:
        return "release-untrusted";
    }
  }
  if (verdict.verdict === "unsigned") {
    return verdict.reason === "only-on-platform" || verdict.reason === "orphaned" ? "signed-wrong-digest" : "release-unsigned";
  }
  return null;
}
