import { newChange } from "../../history/new-change.ts";
import { NO_FACTS } from "../../history/no-facts.ts";
import type { Change, Snapshot, TagState } from "../../history/state.ts";
import type { LeftImage } from "../judge/left-image.ts";

/**
 * Returns the change that tells of an image which its tag named, and left or was removed with, before anybody could judge it. Nobody is told
 * if the image proved to be signed afterwards.
 */
export function tellNeverJudged(
  state: TagState,
  { digest, release, verdict }: LeftImage,
  run: string,
  goesWith: "moved" | "removed",
): Change[] {
  if (verdict?.verdict === "signed") return [];
  const { watched, tag } = release;
  const since = state.timeline.at(-1)?.since ?? run;
  const { shown } = state;
  const later =
    verdict === null
      ? ""
      : `; asked by its digest tonight, it is ${verdict.verdict}${verdict.reason === null ? "" : ` (${verdict.reason})`}`;
  const where = goesWith === "removed" ? "the tag is gone from the registry" : "the tag names another image now";
  const snapshot: Snapshot = { digest, verdict: shown.verdict, reason: shown.reason, signers: [], run: since };
  const change = newChange({
    repository: watched.repository.name,
    tag,
    kind: "opened",
    cause: "never-judged",
    run,
    after: { ...snapshot, run },
    before: snapshot,
    facts: {
      explanation: `${where}; while it named the image, that was ${shown.verdict}: ${shown.explanation}${later}`,
      ...NO_FACTS,
      firstSeen: since,
      owner: watched.owner,
      graceSeconds: watched.graceSeconds,
    },
  });
  return [change];
}
