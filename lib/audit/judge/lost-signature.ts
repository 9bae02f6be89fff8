import type { Judgement, RepositoryHistory } from "../../history/state.ts";
import type { Failure } from "../../registry/answer.ts";
import type { VerifiedSigner } from "../../verification/candidate-result.ts";
import type { Digest } from "../../oci/digest.ts";
import { candidatesOf } from "./inquiry.ts";
import { missingInCache } from "./missing-in-cache.ts";
import type { JudgedRelease, ReleaseCase } from "./judge-release.ts";

interface LostSignature {
  readonly kind: "deleted" | "detached" | null;
  /** Why it cannot be told, or null. If it cannot, the verdict waits. */
  readonly failure: Failure | null;
}

const NOT_LOST: LostSignature = { kind: null, failure: null };

/**
 * Finds out what became of the signature of a release that was signed and is not any more. If no place lists the recorded artifact, either
 * it was deleted, or it is still served under its digest (an overwritten tag, a lost append race) and was detached.
 */
export async function findLostSignature(
  { digest, tags, inquiry }: ReleaseCase,
  judged: JudgedRelease,
  history: RepositoryHistory,
): Promise<LostSignature> {
  const { verdict } = judged.verdict;
  if (verdict !== "unsigned" && verdict !== "untrusted") return NOT_LOST;
  const recorded = tags.flatMap((tag) => {
    const last = history.tags.get(tag)?.last;
    return last?.digest === digest ? signersToMiss(last) : [];
  });
  const listed = new Set(judged.results.map(({ artifact }) => artifact));
  for (const signer of recorded) {
    if (inquiry.cache === null && isEmptied(signer.artifact, judged)) return { kind: "deleted", failure: null };
    if (listed.has(signer.artifact)) continue;
    const place = inquiry.places.counting.find(({ name }) => name === signer.place);
    // The watch list names this place no more: nobody can be asked.
    if (place === undefined) continue;
    // A cache that lacks the signature, or its entry in a list, may have lost sight of it.
    if (inquiry.cache !== null) return { kind: null, failure: missingInCache(inquiry.cache) };
    const answer = await place.isServed(digest, signer.artifact);
    if (answer.kind === "failed") return { kind: null, failure: answer.failure };
    return { kind: answer.kind === "found" ? "detached" : "deleted", failure: null };
  }
  return NOT_LOST;
}

/** Reports whether the artifact is listed and served, but what it holds is gone for the second night. */
function isEmptied(artifact: Digest, { gone, answers }: JudgedRelease): boolean {
  const own = candidatesOf(answers).filter((candidate) => candidate.artifact === artifact);
  return gone?.includes(artifact) === true && own.length > 0 && own.every(({ content }) => content.kind === "unusable");
}

/** Returns who signed the release, even if an exemption or another policy hides that, until something was told of the release. */
function signersToMiss(last: Judgement): readonly VerifiedSigner[] {
  if (last.verdict === "signed") return last.signers;
  return last.cause === null ? (last.formerSigners ?? []) : [];
}
