import type { PlaceAnswer } from "../../discovery/candidate.ts";
import type { TagState } from "../../history/state.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Epoch } from "./epoch.ts";
import { evidenceOf, manifestsOf, NO_EVIDENCE, type Evidence, type EvidenceKeeper } from "./keep-evidence.ts";
import type { JudgedRelease, ReleaseCase } from "./judge-release.ts";
import { formatRecordedFacts } from "./recorded-facts.ts";
import { scopeOf } from "./scope.ts";

/** What is left of a judged release once nobody asks about it any more: a run over thousands holds all of them. */
export type SettledRelease = Pick<JudgedRelease, "verdict" | "artifacts" | "unread"> & {
  /** Without candidates. */
  readonly answers: readonly PlaceAnswer[];
  /** What was found out, as evidence; null where what was recorded before is still to be believed. */
  readonly facts: Digest | null;
};

/** Who keeps what a release rests on, and by what it is known whether it is news. */
interface SettlingParts {
  /** States of its tags. */
  readonly recorded: readonly (TagState | undefined)[];
  readonly epoch: Epoch;
  readonly keeper: EvidenceKeeper | null;
}

/**
 * Lets go of what a verdict rests on: it goes to the keeper where the release is news, and stays with the release where the night may
 * have nothing to write of it. What was found out is recorded with it, unless a place could not be read.
 */
export async function settleRelease(
  judged: JudgedRelease,
  release: ReleaseCase,
  { recorded, epoch, keeper }: SettlingParts,
): Promise<{ settled: SettledRelease; evidence: Evidence }> {
  const { verdict, answers, artifacts, unread } = judged;
  const found = recordFacts(judged, release);
  const isKnown = !recorded.some((state) => isNews(state, judged, epoch));
  // A signature beside the one that counts may have gone: nothing to tell, but nobody may rest on it any more.
  const facts = isKnown && recorded.every((state) => state?.facts === found?.[0]) ? null : found;
  const settled = { verdict, artifacts, unread, facts: facts?.[0] ?? null, answers: answers.map((answer) => withoutCandidates(answer)) };
  const seen = judged.facts?.targets.flatMap((target) => target.facts.answers) ?? answers;
  // Of what is as it was, the manifests are there already, or were never asked for: nobody waits for them.
  const evidence = facts === null ? evidenceOf(seen) : new Map([...manifestsOf(seen), ...evidenceOf(seen), facts]);
  if (keeper === null || (isKnown && facts === null)) return { settled, evidence };
  await keeper.add(evidence);
  return { settled, evidence: NO_EVIDENCE };
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
