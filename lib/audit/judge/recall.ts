import type { Digest } from "../../oci/digest.ts";
import type { PlaceAnswer } from "../../discovery/candidate.ts";
import type { Judgement } from "../../history/state.ts";
import type { RecordedAnswer } from "../../history/recorded-answer.ts";
import { isShown } from "../list/standing.ts";
import type { Inquiry } from "./inquiry.ts";

const DAY_MILLISECONDS = 86_400_000;

/**
 * Asks only the places that are recorded for a signed release whether they still hold its verified signatures. Artifacts are named by
 * digest and were verified for this target under this epoch, so their bytes are not read again. Null if anything is not exactly as
 * recorded: then the release is asked in full.
 */
export async function recallSigned(
  target: Digest,
  recorded: Judgement,
  answers: readonly RecordedAnswer[],
  { places, main, watched, now }: Inquiry,
): Promise<PlaceAnswer[] | null> {
  const wanted = new Map(recorded.signers.map((signer) => [`${signer.place} ${signer.artifact}`, signer]));
  const look = Math.floor(now / DAY_MILLISECONDS) % 2 === 0 ? "listed" : "served";
  for (const signer of wanted.values()) {
    if (isShown(signer, target, answers, watched, main.list)) continue;
    const place = places.counting.find(({ name }) => name === signer.place);
    if (!(await place?.isStillThere(target, signer.artifact, look))) return null;
  }
  const seen = new Set(recorded.signers.map((signer) => signer.place));
  return answers.map((answer): PlaceAnswer => {
    if (seen.has(answer.place)) {
      const { place, detail, holder } = answer;
      return { place, kind: "found", candidates: [], unread: 0, detail, ...(holder !== undefined && { holder }) };
    }
    if (answer.answer === "failed") return { place: answer.place, kind: "notApplicable", detail: `not asked: ${answer.detail}` };
    return { place: answer.place, kind: "recalled", answer: answer.answer, at: recorded.since, detail: answer.detail };
  });
}
