import { KeptResults } from "../../../verification/kept-results.ts";
import type { Outcome } from "../../../verification/candidate-result.ts";
import type { VerificationContext } from "../../../verification/verification-context.ts";
import type { FindMaterial } from "../../../verification/trust/trust-material.ts";
import type { Policy } from "../../../watchlist/watch-list.ts";

type Judge = Pick<VerificationContext, "policy" | "trust">;

/** So many large layers that no signer of a policy made are remembered, some hundred bytes each. */
const REMEMBERED_LIMIT = 4096;

const REJECTED = new WeakMap<FindMaterial, WeakMap<Policy, KeptResults<readonly Outcome[]>>>();

/**
 * Remembers for the run what was made of a large layer that no signer of the policy made. For which digest it is listed changes nothing
 * about that, so it need not be fetched for the next one.
 */
export function rememberRejected(judge: Judge, key: string, outcomes: readonly Outcome[]): void {
  const ofTrust = REJECTED.get(judge.trust) ?? new WeakMap<Policy, KeptResults<readonly Outcome[]>>();
  REJECTED.set(judge.trust, ofTrust);
  const ofPolicy = ofTrust.get(judge.policy) ?? new KeptResults<readonly Outcome[]>(REMEMBERED_LIMIT);
  ofTrust.set(judge.policy, ofPolicy);
  ofPolicy.keep(key, outcomes);
}

/** Returns what was made of a large layer for another digest, or null. */
export function recallRejected(judge: Judge, key: string): readonly Outcome[] | null {
  return REJECTED.get(judge.trust)?.get(judge.policy)?.get(key) ?? null;
}
