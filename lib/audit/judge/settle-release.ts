import type { PlaceAnswer } from "../../discovery/candidate.ts";
import type { TagState } from "../../history/state.ts";
import type { Digest } from "../../oci/digest.ts";
import { boundCandidates, newRecordingRoom } from "./candidate/bound-candidates.ts";
import type { Epoch } from "./epoch.ts";
import { evidenceOf, manifestsOf, NO_EVIDENCE, type Evidence, type EvidenceKeeper } from "./keep-evidence.ts";
import type { JudgedRelease, ReleaseCase } from "./judge-release.ts";
import { formatRecordedFacts } from "./recorded-facts.ts";
import { scopeOf } from "./scope.ts";

/** The part of a judged release that is kept until the run records it. A run over thousands of releases holds all of them. */
export type SettledRelease = Pick<JudgedRelease, "verdict" | "artifacts" | "unread" | "gone"> & {
  /** Without candidates. */
  readonly answers: readonly PlaceAnswer[];
  /** What was learned, as evidence; null if what was recorded before still holds. */
  readonly facts: Digest | null;
};

/** What decides whether a release is news, and who keeps its evidence. */
interface SettlingParts {
  /** States of its tags. */
  readonly recorded: readonly (TagState | undefined)[];
  readonly epoch: Epoch;
  readonly keeper: EvidenceKeeper | null;
}

/**
 * Lets go of what a verdict rests on. If the release is news, the keeper takes it; otherwise it stays with the release, because the night
 * may have nothing to write. What was learned is recorded with it, unless a place could not be read.
 */
export async function settleRelease(
  given: JudgedRelease,
  release: ReleaseCase,
  { recorded, epoch, keeper }: SettlingParts,
): Promise<{ settled: SettledRelease; evidence: Evidence }> {
  const judged = bounded(given);
  const { verdict, answers, artifacts, unread, gone } = judged;
  const found = recordFacts(judged, release);
  const isKnown = !recorded.some((state) => isNews(state, judged, epoch));
  // A signature beside the one that counts may be gone. There is nothing to tell, but the facts must not name it any more.
  const facts = isKnown && recorded.every((state) => state?.facts === found?.[0]) ? null : found;
  const settled = {
    verdict,
    artifacts,
    unread,
    gone,
    facts: facts?.[0] ?? null,
    answers: answers.map((answer) => withoutCandidates(answer)),
  };
  const seen = judged.facts?.targets.flatMap((target) => target.facts.answers) ?? answers;
  // If nothing changed, the manifests are kept already or were never asked for.
  const evidence = facts === null ? evidenceOf(seen) : new Map([...manifestsOf(seen), ...evidenceOf(seen), facts]);
  if (keeper === null || (isKnown && facts === null)) return { settled, evidence };
  await keeper.add(evidence);
  return { settled, evidence: NO_EVIDENCE };
}

function bounded({ facts, ...judged }: JudgedRelease): JudgedRelease {
  const room = newRecordingRoom();
  const targets = facts?.targets.map(({ digest, facts: own }) => ({
    digest,
    facts: { ...own, answers: boundCandidates(own.answers, room) },
  }));
  return {
    ...judged,
    answers: boundCandidates(judged.answers, newRecordingRoom()),
    facts: facts === null ? null : { ...facts, targets: targets! },
  };
}

function recordFacts({ facts, verdict, unread }: JudgedRelease, { digest, watched, inquiry }: ReleaseCase): [Digest, Uint8Array] | null {
  if (facts === null || unread) return null;
  return formatRecordedFacts({ ...facts, digest, scope: scopeOf(watched), names: inquiry.names, verdict: verdict.verdict });
}

function withoutCandidates(answer: PlaceAnswer): PlaceAnswer {
  return answer.kind === "found" || answer.kind === "failed" ? { ...answer, candidates: [] } : answer;
}

function isNews(state: TagState | undefined, { verdict, artifacts }: JudgedRelease, epoch: Epoch): boolean {
  const last = state?.last;
  if (!last || last.epoch !== epoch.id || last.verdict !== verdict.verdict) return true;
  return artifacts.some((artifact) => !last.artifacts.includes(artifact));
}
