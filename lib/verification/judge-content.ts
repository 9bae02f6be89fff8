import type { EvidenceKind } from "./candidate-result.ts";
import type { Outcome, VerificationContext } from "./outcome.ts";
import type { PolicyKey } from "./policy-keys.ts";

/** What verified bytes say. */
export type SignedContent =
  | { readonly kind: "malformed"; readonly detail: string }
  | {
      readonly kind: "read";
      readonly namesTarget: boolean;
      /** The digest that the bytes name (one of them, where there are many), for the sentence. */
      readonly named: string;
      /** Annotations inside the signed bytes. */
      readonly annotations: Readonly<Record<string, unknown>>;
    };

/** What kind of evidence the bytes are, and whether a log entry lies beside them. */
export interface SignedClaim {
  readonly evidence: EvidenceKind;
  readonly predicateType: string | null;
  readonly logged: boolean;
}

/**
 * Whether bytes that a key of the policy signed satisfy the policy for the target: digest first, then annotations,
 * then the signer's `until`, then the log. The first that fails is the reason.
 *
 * A key that several entries name speaks for the first that still counts.
 */
export function judgeContent(key: PolicyKey, content: SignedContent, claim: SignedClaim, context: VerificationContext): Outcome {
  const { evidence, predicateType } = claim;
  const name = key.signers[0]!.name;
  const base = { evidence, predicateType };
  if (content.kind === "malformed")
    return { ...base, kind: "rejected", reason: "unverifiable", detail: `signed by ${name}, but ${content.detail}` };
  if (!content.namesTarget) {
    return {
      ...base,
      kind: "rejected",
      reason: "wrong-digest",
      detail: `signed by ${name}, but for ${content.named} and not for ${context.target}`,
    };
  }
  const missing = Object.entries(context.policy.annotations).filter(
    ([annotation, value]) => ownValue(content.annotations, annotation) !== value,
  );
  if (missing.length > 0) {
    const list = missing.map(([annotation, value]) => `${annotation}=${value}`).join(", ");
    return { ...base, kind: "rejected", reason: "policy-unmet", detail: `signed by ${name}, but without the annotation ${list}` };
  }
  const signer = key.signers.find(({ until }) => until === null || context.firstSeen < until);
  if (!signer)
    return {
      ...base,
      kind: "rejected",
      reason: "expired",
      detail: `signed by ${name}, which counts only for digests first seen before its end`,
    };
  if (context.policy.transparencyLog === "required" || (context.policy.transparencyLog === "optional" && claim.logged)) {
    return {
      ...base,
      kind: "trust-missing",
      code: "transparency-log",
      detail: `signed by ${signer.name}, but this version verifies no log entry`,
    };
  }
  return { ...base, kind: "verified", signer: signer.name, fingerprint: key.key.fingerprint, detail: `signed by ${signer.name}` };
}

/** Never a value of the prototype: the names come from the watch list, the object from signed JSON. */
function ownValue(annotations: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(annotations, name) ? annotations[name] : undefined;
}
