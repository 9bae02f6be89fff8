import type { Candidate } from "../discovery/candidate.ts";
import type { Policy } from "../watchlist/watch-list.ts";
import type { SignatureEvidence } from "./form/evidence.ts";
import type { ReadEvidence } from "./form/read-evidence.ts";
import type { Outcome } from "./candidate-result.ts";
import type { CertificateProof } from "./prove-certificate.ts";
import type { FindMaterial, TrustMaterial } from "./trust/trust-material.ts";

/** What candidates are judged under. */
interface Question {
  readonly policy: Policy;
  readonly trust: FindMaterial;
  readonly names: readonly string[];
}

/** What was made of one candidate under one policy. */
interface Judged {
  readonly policy: Policy;
  readonly trust: FindMaterial;
  readonly names: string;
  readonly outcomes: readonly Outcome[];
}

/**
 * Remembers what was learned about the candidates of one release. They are judged once, while their bytes are at hand; what was made of them
 * is asked for after each circle, for each tag and under former policies. Nothing here keeps bytes: what was decoded goes with the bytes.
 */
export class VerificationMemo {
  readonly #read = new WeakMap<Candidate, Map<string, ReadEvidence>>();
  readonly #proofs = new WeakMap<SignatureEvidence, Map<TrustMaterial, CertificateProof>>();
  readonly #judged = new WeakMap<object, Judged[]>();

  read(candidate: Candidate, target: string, read: () => ReadEvidence): ReadEvidence {
    return remember(this.#read, candidate, target, read);
  }

  proof(evidence: SignatureEvidence, material: TrustMaterial, prove: () => CertificateProof): CertificateProof {
    return remember(this.#proofs, evidence, material, prove);
  }

  /** Remembers what was made of the candidates that bear a mark. */
  note(mark: object, { policy, trust, names }: Question, outcomes: readonly Outcome[]): void {
    const known = this.#judged.get(mark) ?? [];
    this.#judged.set(mark, known);
    known.push({ policy, trust, names: names.join("\n"), outcomes });
  }

  /** Returns what was made of the candidates that bear a mark, or null if nobody asked this while their bytes were at hand. */
  recall(mark: object, { policy, trust, names }: Question): readonly Outcome[] | null {
    const joined = names.join("\n");
    const known = this.#judged.get(mark) ?? [];
    return known.find((one) => one.policy === policy && one.trust === trust && one.names === joined)?.outcomes ?? null;
  }
}

function remember<Outer extends object, Inner, Value>(
  known: WeakMap<Outer, Map<Inner, Value>>,
  outer: Outer,
  inner: Inner,
  make: () => Value,
): Value {
  const of = known.get(outer) ?? new Map<Inner, Value>();
  known.set(outer, of);
  const value = of.get(inner) ?? make();
  of.set(inner, value);
  return value;
}
