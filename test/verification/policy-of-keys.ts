import { digestOf } from "../../lib/oci/digest.ts";
import type { VerificationContext } from "../../lib/verification/verification-context.ts";
import { VerificationMemo } from "../../lib/verification/verification-memo.ts";
import type { FindMaterial } from "../../lib/verification/trust/trust-material.ts";
import type { KeySigner, Policy } from "../../lib/watchlist/watch-list.ts";

export const NOW = Date.parse("2026-11-20T02:00:00Z");

/** A signer entry for a PEM key. */
export function keySigner(name: string, pem: string | null, until: number | null = null): KeySigner {
  return { kind: "key", name, until, pem, source: `keys/${name}.pub` };
}

/** A policy that one of the signers satisfies, without a log. */
export function policyOf(signers: Policy["signers"], changes: Partial<Policy> = {}): Policy {
  return { name: "test", threshold: 1, signers, transparencyLog: "none", annotations: {}, accept: ["signature"], require: [], ...changes };
}

const NO_TRUST: FindMaterial = () => ({ kind: "missing", code: "trusted-root-missing", detail: "there is no trusted root" });

/** A context for a target, by default a digest that nothing has. */
export function contextOf(policy: Policy, target = digestOf("image"), changes: Partial<VerificationContext> = {}): VerificationContext {
  return {
    target,
    artifact: null,
    names: ["1.0.0"],
    policy,
    trust: NO_TRUST,
    memo: new VerificationMemo(),
    now: NOW,
    firstSeen: NOW,
    ...changes,
  };
}
