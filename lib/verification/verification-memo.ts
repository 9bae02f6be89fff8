import type { Candidate } from "../discovery/candidate.ts";
import type { SignatureEvidence } from "./form/evidence.ts";
import type { CertificateProof } from "./prove-certificate.ts";
import type { ReadEvidence } from "./form/read-evidence.ts";
import type { TrustMaterial } from "./trust/trust-material.ts";

/**
 * Remembers what was learned about the candidates of one release. They are verified again after each circle, for each tag and under the
 * former policy, and neither decoding nor the proof of a certificate depends on that. It lives as long as the release is judged.
 */
export class VerificationMemo {
  readonly #read = new Map<Candidate, Map<string, ReadEvidence>>();
  readonly #proofs = new Map<SignatureEvidence, Map<TrustMaterial, CertificateProof>>();

  read(candidate: Candidate, target: string, read: () => ReadEvidence): ReadEvidence {
    return remember(this.#read, candidate, target, read);
  }

  proof(evidence: SignatureEvidence, material: TrustMaterial, prove: () => CertificateProof): CertificateProof {
    return remember(this.#proofs, evidence, material, prove);
  }
}

function remember<Outer, Inner, Value>(known: Map<Outer, Map<Inner, Value>>, outer: Outer, inner: Inner, make: () => Value): Value {
  const of = known.get(outer) ?? new Map<Inner, Value>();
  known.set(outer, of);
  const value = of.get(inner) ?? make();
  of.set(inner, value);
  return value;
}
