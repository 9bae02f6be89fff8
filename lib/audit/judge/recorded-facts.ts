import type { Candidate, PlaceAnswer } from "../../discovery/candidate.ts";
import { isReadForm } from "../../discovery/forms.ts";
import { placeNamed } from "../../discovery/places.ts";
import { digestOf, type Digest } from "../../oci/digest.ts";
import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import type { Verdict, VerdictWord } from "../../history/verdict.ts";
import { formatCanonicalJson } from "../../watchlist/record/epoch-document.ts";
import type { TargetFacts } from "./decide.ts";
import type { CandidateResult } from "../../verification/candidate-result.ts";
import { byPosition } from "./candidate/bound-candidates.ts";
import { candidatesOf } from "./inquiry.ts";
import type { Scope } from "./scope.ts";

/** Everything that was learned about one release, whatever its policy is. */
export interface ReleaseFacts {
  readonly targets: readonly { readonly digest: Digest; readonly facts: TargetFacts }[];
  /** Verdicts on targets that cannot be named. */
  readonly verdicts: readonly Verdict[];
}

/** {@link ReleaseFacts} as they are kept, without the bytes of candidates and manifests, which are evidence themselves. */
export interface RecordedFacts extends ReleaseFacts {
  readonly digest: Digest;
  readonly scope: Scope;
  /** What `{tag}` stood for. */
  readonly names: readonly string[];
  /** The verdict that they gave. A search that ended with `signed` did not prove that anything is absent. */
  readonly verdict: VerdictWord;
}

const FORMAT = 1;

/** Returns what diagnosing places state. It was never a candidate, so verification cannot give it again. */
export function statedResults({ results }: Pick<TargetFacts, "results">): CandidateResult[] {
  return results.filter(({ place }) => placeNamed(place).kind === "diagnosing");
}

/** Formats facts as evidence: the text, under its digest. The same facts give the same text. */
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

/** Parses what {@link formatRecordedFacts} wrote; null for another format. The candidates are still without bytes. */
export function parseRecordedFacts(bytes: Uint8Array): RecordedFacts | null {
  const parsed = parseJson(bytes);
  return parsed.kind === "parsed" && isRecordedFacts(parsed.value) ? parsed.value : null;
}

/** The format is enough to look at: facts are found by their own digest, so nobody else wrote them. */
function isRecordedFacts(value: unknown): value is RecordedFacts {
  return isJsonObject(value) && value["format"] === FORMAT && Array.isArray(value["targets"]);
}

/** Returns the digests of the layers whose bytes the candidates had. A layer that is never fetched, such as an SBOM, had none. */
export function layersOf({ targets }: ReleaseFacts): ReadonlySet<Digest> {
  const candidates = targets.flatMap(({ facts }) => candidatesOf(facts.answers));
  return new Set(candidates.flatMap(({ layer, form, content }) => (content.kind === "bytes" && isReadForm(form) ? [layer] : [])));
}

/** Returns the digests of the manifests that held signatures and attestations. Bytes that stand alone have none. */
export function signatureManifestsOf({ targets }: ReleaseFacts): ReadonlySet<Digest> {
  const candidates = targets.flatMap(({ facts }) => candidatesOf(facts.answers));
  return new Set(candidates.flatMap(({ artifact, layer, form }) => (isReadForm(form) && artifact !== layer ? [artifact] : [])));
}

/** Returns the facts with the bytes of their candidates. */
export function withBytes({ targets, verdicts }: ReleaseFacts, bytes: ReadonlyMap<Digest, Uint8Array>): ReleaseFacts {
  const fill = (candidate: Candidate): Candidate =>
    candidate.content.kind !== "bytes"
      ? candidate
      : { ...candidate, content: { kind: "bytes", bytes: bytes.get(candidate.layer) ?? NO_BYTES } };
  const fillAnswer = (answer: PlaceAnswer): PlaceAnswer =>
    answer.kind === "found" || answer.kind === "failed" ? { ...answer, candidates: answer.candidates.map(fill) } : answer;
  return {
    verdicts,
    targets: targets.map(({ digest, facts }) => ({ digest, facts: { ...facts, answers: facts.answers.map(fillAnswer) } })),
  };
}

/** The detail for people is recorded with the verdict, so it is left out here unless the verdict may need it again. */
function withoutBytes(answer: PlaceAnswer): PlaceAnswer {
  if (answer.kind !== "found" && answer.kind !== "failed") return { ...answer, detail: "" };
  const isFlooded = answer.kind === "found" && answer.unread > 0;
  const candidates = answer.candidates.map(emptied).toSorted(byPosition);
  return { ...answer, candidates, detail: answer.kind === "failed" || isFlooded ? answer.detail : "" };
}

function emptied({ manifest: _manifest, mark: _mark, isStrangers: _isStrangers, ...candidate }: Candidate): Candidate {
  const { content } = candidate;
  const isKept = content.kind === "bytes" || (content.kind === "judged" && content.isKept);
  return isKept ? { ...candidate, content: { kind: "bytes", bytes: NO_BYTES } } : candidate;
}

const NO_BYTES = new Uint8Array(0);
