import type { Judgement, RepositoryHistory } from "../../history/state.ts";
import type { Failure } from "../../registry/answer.ts";
import type { VerifiedSigner } from "../../verification/candidate-result.ts";
import type { JudgedRelease, ReleaseCase } from "./judge-release.ts";

interface LostSignature {
  readonly kind: "deleted" | "detached" | null;
  /** Where it cannot be told: the verdict waits until it can. */
  readonly failure: Failure | null;
}

const NOT_LOST: LostSignature = { kind: null, failure: null };

/**
 * Where a release was signed and is not any more: is a recorded signature listed nowhere, and is its manifest gone,
 * or still served by digest (overwritten tag, lost append race)? The manifest is the forensic mark that tells them apart.
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
    if (listed.has(signer.artifact)) continue;
    const place = inquiry.places.counting.find(({ name }) => name === signer.place);
    // The watch list names this place no more: nobody can be asked.
    if (place === undefined) continue;
    const answer = await place.isServed(digest, signer.artifact);
    if (answer.kind === "failed") return { kind: null, failure: answer.failure };
    return { kind: answer.kind === "found" ? "detached" : "deleted", failure: null };
  }
  return NOT_LOST;
}

/** Those who signed it; also where an exemption or another policy hides that, until something was told of the release. */
function signersToMiss(last: Judgement): readonly VerifiedSigner[] {
  if (last.verdict === "signed") return last.signers;
  return last.cause === null ? (last.formerSigners ?? []) : [];
}
