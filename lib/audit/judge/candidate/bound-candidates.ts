import type { Candidate, PlaceAnswer } from "../../../discovery/candidate.ts";
import { isReadForm } from "../../../discovery/forms.ts";

/**
 * What is recorded of one release of what does not count. A rejected signature has some KiB with its manifest, so tens of them are kept;
 * of thousands it is enough to say that they are there.
 */
const STRANGERS_LIMIT_BYTES = 256 * 1024;
/** What a candidate takes by itself, about. */
const CANDIDATE_BYTES = 512;

/** How much may still be recorded of one release. */
interface RecordingRoom {
  left: number;
}

export function newRecordingRoom(): RecordingRoom {
  return { left: STRANGERS_LIMIT_BYTES };
}

/**
 * Returns answers with the candidates that are recorded: everything that a signer of the policy made, and of the rest as much as there is
 * room for, always the same. The others become one that says how many they are: judged under another policy, they might count.
 */
export function boundCandidates(answers: readonly PlaceAnswer[], room: RecordingRoom): PlaceAnswer[] {
  const takes = (candidate: Candidate): boolean => {
    if (isOwn(candidate)) return true;
    if (candidate.manifest === undefined && candidate.artifact !== candidate.layer) return false;
    room.left -= sizeOf(candidate);
    return room.left >= 0;
  };
  return answers.map((answer): PlaceAnswer => {
    if (answer.kind !== "found" && answer.kind !== "failed") return answer;
    const inOrder = answer.candidates.toSorted(byPosition);
    const taken = new Set(inOrder.filter(takes));
    const rest = inOrder.filter((candidate) => !taken.has(candidate));
    const candidates = answer.candidates.filter((candidate) => taken.has(candidate));
    return { ...answer, candidates: rest.length === 0 ? candidates : [...candidates, sumUp(rest)] };
  });
}

/** The order in which candidates are recorded. */
export function byPosition(left: Candidate, right: Candidate): number {
  const [a, b] = [left, right].map(({ artifact, layer }) => `${artifact} ${layer}`) as [string, string];
  return a < b ? -1 : Number(a > b);
}

/** What decides nothing by its bytes has none, and is not counted; copies of what counts are. */
function isOwn({ isStrangers, form, content }: Candidate): boolean {
  const isLetGo = content.kind === "judged" && !content.isKept;
  return !isLetGo && (isStrangers !== true || !isReadForm(form));
}

function sizeOf({ manifest, annotations, content }: Candidate): number {
  const bytes = content.kind === "bytes" ? content.bytes.length : content.detail.length;
  return CANDIDATE_BYTES + bytes + (manifest?.length ?? 0) + JSON.stringify(annotations).length;
}

function sumUp(rest: readonly Candidate[]): Candidate {
  const [{ place, target }] = rest as readonly [Candidate];
  const detail = `${rest.length} of what was rejected`;
  const content = { kind: "judged", isKept: false, evidence: "signature", predicateType: null, detail } as const;
  return { place, target, artifact: target, layer: target, form: "sigstore-bundle", annotations: {}, content, foreignSubject: false };
}
