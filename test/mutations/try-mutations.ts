import type { Candidate } from "../../lib/discovery/candidate.ts";
import type { CandidateResult } from "../../lib/verification/candidate-result.ts";
import type { VerificationContext } from "../../lib/verification/verification-context.ts";
import { VerificationMemo } from "../../lib/verification/verification-memo.ts";
import { readEvidence } from "../../lib/verification/form/forms.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { mutate, numbers, type Numbers } from "./mutate.ts";
import type { Specimen } from "./specimens.ts";

export interface MutationCounts {
  tried: number;
  /** Accepted because they mean the same: another base64 of the same bytes, a member that nobody reads. */
  same: number;
  /** Accepted although they mean something else: none may be. */
  readonly forged: string[];
  /** Anything thrown: none may be. */
  readonly errors: string[];
  slowestMilliseconds: number;
}

/** Judges so many mutations of each specimen. The seed makes a run repeatable. */
export function tryMutations(specimens: readonly Specimen[], each: number, seed = 1): MutationCounts {
  const counts: MutationCounts = { tried: 0, same: 0, forged: [], errors: [], slowestMilliseconds: 0 };
  for (const [at, specimen] of specimens.entries()) {
    const good = meaningOf(specimen.candidate, specimen.context);
    if (good === null) throw new Error(`${specimen.name} is not valid to begin with`);
    const random = numbers(seed + at * 7919);
    for (let n = 0; n < each; n++) tryOne(specimen, mutateCandidate(specimen.candidate, random), good, `${specimen.name} #${n}`, counts);
  }
  return counts;
}

function tryOne({ context }: Specimen, mutated: Candidate, good: Meaning, name: string, counts: MutationCounts): void {
  const started = performance.now();
  counts.tried += 1;
  try {
    const meaning = meaningOf(mutated, context);
    if (meaning !== null && isSame(meaning, good)) counts.same += 1;
    else if (meaning !== null) counts.forged.push(name);
  } catch (error) {
    counts.errors.push(`${name}: ${String(error)}`);
  }
  counts.slowestMilliseconds = Math.max(counts.slowestMilliseconds, performance.now() - started);
}

interface Meaning {
  /** What was signed, by which signature, and by whom. */
  readonly bound: string;
  /** Times that somebody vouches for. */
  readonly vouched: readonly string[];
}

/** A promise or timestamp that is gone leaves less to go by, but what is left says the same. */
function isSame(meaning: Meaning, good: Meaning): boolean {
  return meaning.bound === good.bound && meaning.vouched.every((vouched) => good.vouched.includes(vouched));
}

/** What an accepted candidate means; null of any other. */
function meaningOf(candidate: Candidate, judged: VerificationContext): Meaning | null {
  const context = { ...judged, memo: new VerificationMemo() };
  const accepted = verifyCandidate(candidate, context).filter(
    (result): result is Extract<CandidateResult, { kind: "verified" }> => result.kind === "verified",
  );
  if (accepted.length === 0) return null;
  const read = readEvidence(candidate, context);
  const signed =
    read.kind === "read"
      ? read.items.map((item) => ("kind" in item ? null : [item.evidence.signed, Buffer.from(item.evidence.signature).toString("hex")]))
      : [];
  const said = accepted.map(({ evidence, predicateType, provenance, proof, signer }) => [
    evidence,
    predicateType,
    provenance,
    proof?.identity,
    proof?.issuer,
    signer.signer,
  ]);
  // The same signature twice in an envelope is one signature.
  const bound = [...new Set([signed, said].flatMap((list) => list.map((entry) => formatBytes(entry))))].toSorted().join("\n");
  const vouched = accepted.flatMap(({ proof }) => (proof?.times ?? []).map(({ at, by }) => `${at} ${by}`));
  return { bound, vouched };
}

function formatBytes(entry: unknown): string {
  return JSON.stringify(entry, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value));
}

/** One change in the content or in one of the annotations. */
function mutateCandidate(candidate: Candidate, random: Numbers): Candidate {
  const names = Object.keys(candidate.annotations);
  const choice = random.next().value % (names.length + 1);
  const name = names[choice - 1];
  if (name === undefined) {
    const { bytes } = candidate.content as { bytes: Uint8Array };
    return { ...candidate, content: { kind: "bytes", bytes: mutate(bytes, random) } };
  }
  const value = Buffer.from(candidate.annotations[name]!);
  return { ...candidate, annotations: { ...candidate.annotations, [name]: mutate(value, random).toString("utf8") } };
}
