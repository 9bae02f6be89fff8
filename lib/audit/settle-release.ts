import type { PlaceAnswer } from "../discovery/candidate.ts";
import type { TagState } from "../history/state.ts";
import type { Epoch } from "./epoch.ts";
import { evidenceOf, NO_EVIDENCE, type Evidence, type EvidenceKeeper } from "./keep-evidence.ts";
import type { JudgedRelease } from "./judge-release.ts";

/** What is left of a judged release once nobody asks about it any more: a run over thousands holds all of them. */
export type SettledRelease = Pick<JudgedRelease, "verdict" | "artifacts" | "unread"> & {
  /** Without candidates. */
  readonly answers: readonly PlaceAnswer[];
};

/**
 * Lets go of what a verdict rests on: it goes to the keeper where the release is news, and stays with the release where the night may
 * have nothing to write of it.
 */
export async function settleRelease(
  { verdict, answers, artifacts, unread }: JudgedRelease,
  recorded: readonly (TagState | undefined)[],
  epoch: Epoch,
  keeper: EvidenceKeeper | null,
): Promise<{ settled: SettledRelease; evidence: Evidence }> {
  const settled = { verdict, artifacts, unread, answers: answers.map((answer) => withoutCandidates(answer)) };
  const evidence = evidenceOf(answers);
  const news = recorded.some((state) => isNews(state, settled, epoch));
  if (keeper === null || !news) return { settled, evidence };
  await keeper.add(evidence);
  return { settled, evidence: NO_EVIDENCE };
}

function withoutCandidates(answer: PlaceAnswer): PlaceAnswer {
  return answer.kind === "found" || answer.kind === "failed" ? { ...answer, candidates: [] } : answer;
}

function isNews(state: TagState | undefined, { verdict, artifacts }: SettledRelease, epoch: Epoch): boolean {
  const last = state?.last;
  if (!last || last.epoch !== epoch.id || last.verdict !== verdict.verdict) return true;
  return artifacts.some((artifact) => !last.artifacts.includes(artifact));
}
