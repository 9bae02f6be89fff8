import type { Signer } from "../watchlist/watch-list.ts";
import type { RejectionReason, SigningProof } from "./candidate-result.ts";
import type { SignedTime } from "./prove-logged.ts";

/** The result of a search for the signers of one signature. */
export type SignerSearch =
  /** `entries`: the policy's signers that made it, in the order of the policy; never empty. */
  | { readonly kind: "found"; readonly entries: readonly Signer[]; readonly proof: SigningProof }
  | Refusal
  | { readonly kind: "trust-missing"; readonly code: string; readonly detail: string };

export interface Refusal {
  readonly kind: "refused";
  readonly reason: RejectionReason;
  readonly detail: string;
  /** A signer of the policy made it, whatever else is wrong. */
  readonly bySigner: boolean;
  readonly proof: SigningProof | null;
}

export function refuse(reason: RejectionReason, detail: string, bySigner = false, proof: SigningProof | null = null): Refusal {
  return { kind: "refused", reason, detail, bySigner, proof };
}

export function formatTimes(times: readonly SignedTime[]): SigningProof["times"] {
  return times.map(({ time, by }) => ({ at: new Date(time).toISOString(), by }));
}
