import type { Candidate, PlaceAnswer } from "../../discovery/candidate.ts";
import { isReadForm } from "../../discovery/forms.ts";
import { placeNamed } from "../../discovery/places.ts";
import { digestOf, type Digest } from "../../oci/digest.ts";
import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import type { Verdict, VerdictWord } from "../../history/verdict.ts";
import { formatCanonicalJson } from "../../watchlist/record/epoch-document.ts";
import type { TargetFacts } from "./decide.ts";
import type { CandidateResult } from "../../verification/candidate-result.ts";
import { candidatesOf } from "./inquiry.ts";
import type { Scope } from "./scope.ts";

/** Everything that was found out about one release, whatever the policy. */
export interface ReleaseFacts {
  readonly targets: readonly { readonly digest: Digest; readonly facts: TargetFacts }[];
  /** About targets that cannot be named. */
  readonly verdicts: readonly Verdict[];
}

/** {@link ReleaseFacts} as they are kept: without the bytes of the candidates and their manifests, which are evidence under their own digests. */
export interface RecordedFacts extends ReleaseFacts {
  readonly digest: Digest;
  readonly scope: Scope;
  /** What `{tag}` stood for. */
  readonly names: readonly string[];
  /** The verdict that was given by them: a search that ended with `signed` did not prove that anything is absent. */
  readonly verdict: VerdictWord;
}

const FORMAT = 1;

/** What diagnosing places state. It was never a candidate, so it cannot be found out anew from what candidates hold. */
export function statedResults({ results }: Pick<TargetFacts, "results">): CandidateResult[] {
  return results.filter(({ place }) => placeNamed(place).kind === "diagnosing");
}

/** As evidence: the text under its digest. The same facts give the same text. */
export function formatRecordedFacts(recorded: RecordedFacts): [Digest, Uint8Array] {
  const targets = recorded.targets.map(({ digest, facts }) => ({
    digest,
    facts: {
      ...facts,
      answers: facts.answers.map(withoutBytes).toSorted((left, right) => (left.place < right.place ? -1 : 1)),
      results: statedResults(facts),
    },
  }));
  const bytes = new TextEncoder().encode(formatCanonicalJson({ format: FORMAT, ...recorded, targets }));
  return [digestOf(bytes), bytes];
}

/** The inverse of {@link formatRecordedFacts}, candidates still without bytes; null for another format. */
export function parseRecordedFacts(bytes: Uint8Array): RecordedFacts | null {
  const parsed = parseJson(bytes);
  return parsed.kind === "parsed" && isRecordedFacts(parsed.value) ? parsed.value : null;
}

/** The format says the rest: facts are found again by their own digest, so nobody else wrote them. */
function isRecordedFacts(value: unknown): value is RecordedFacts {
  return isJsonObject(value) && value["format"] === FORMAT && Array.isArray(value["targets"]);
}

/** The digests of the layers whose bytes the candidates had; what is never fetched, such as an SBOM, had none. */
export function layersOf({ targets }: ReleaseFacts): ReadonlySet<Digest> {
  const candidates = targets.flatMap(({ facts }) => candidatesOf(facts.answers));
  return new Set(candidates.flatMap(({ layer, form, content }) => (content.kind === "bytes" && isReadForm(form) ? [layer] : [])));
}

/** The digests of the manifests that held signatures and attestations, of those that could be read as manifests. */
export function signatureManifestsOf({ targets }: ReleaseFacts): ReadonlySet<Digest> {
  const candidates = targets.flatMap(({ facts }) => candidatesOf(facts.answers));
  return new Set(candidates.flatMap(({ artifact, layer, form }) => (isReadForm(form) && artifact !== layer ? [artifact] : [])));
}

/** The facts with the bytes of their candidates. */
export function withBytes({ targets, verdicts }: ReleaseFacts, bytes: ReadonlyMap<Digest, Uint8Array>): ReleaseFacts {
  const fill = (candidate: Candidate): Candidate =>
    candidate.content.kind === "unusable"
      ? candidate
      : { ...candidate, content: { kind: "bytes", bytes: bytes.get(candidate.layer) ?? NO_BYTES } };
  const fillAnswer = (answer: PlaceAnswer): PlaceAnswer =>
    answer.kind === "found" || answer.kind === "failed" ? { ...answer, candidates: answer.candidates.map(fill) } : answer;
  return {
    verdicts,
    targets: targets.map(({ digest, facts }) => ({ digest, facts: { ...facts, answers: facts.answers.map(fillAnswer) } })),
  };
}

/** What a place said for people is recorded with the verdict; of answers that decide nothing more it is not kept twice. */
function withoutBytes(answer: PlaceAnswer): PlaceAnswer {
  if (answer.kind !== "found" && answer.kind !== "failed") return { ...answer, detail: "" };
  const isFlooded = answer.kind === "found" && answer.unread > 0;
  const candidates = answer.candidates.map(emptied).toSorted(byPosition);
  return { ...answer, candidates, detail: answer.kind === "failed" || isFlooded ? answer.detail : "" };
}

function emptied({ manifest: _manifest, ...candidate }: Candidate): Candidate {
  return candidate.content.kind === "unusable" ? candidate : { ...candidate, content: { kind: "bytes", bytes: NO_BYTES } };
}

const NO_BYTES = new Uint8Array(0);

function byPosition(left: Candidate, right: Candidate): number {
  const [a, b] = [left, right].map(({ artifact, layer }) => `${artifact} ${layer}`) as [string, string];
  return a < b ? -1 : Number(a > b);
}
