import type { Digest } from "../oci/digest.ts";
import type { RepositoryClient, TagList } from "../registry/repository-client.ts";
import type { PlaceAnswer, PlaceName } from "./candidate.ts";
import type { ReferrersCapability } from "./referrers-capability.ts";
import type { ReadSignatures } from "./signature-manifest.ts";

/** One repository in which signatures are looked for. */
export interface SearchedRepository {
  readonly client: RepositoryClient;
  readonly list: TagList;
  readonly referrersApi: ReferrersCapability;
}

/** What a place needs to know to answer for one digest. */
export interface Search {
  readonly in: SearchedRepository;
  /** COSIGN's tag prefix. */
  readonly tagPrefix: string;
  /** Signature manifests that were verified before: read first and outside the limits. */
  readonly recorded: ReadonlySet<Digest>;
  /** Places that once held a verified signature of this digest: never `notApplicable`. */
  readonly recordedPlaces: ReadonlySet<PlaceName>;
  /** Ask the registry itself even for tags that the list does not show. */
  readonly direct: boolean;
}

/** Turns what was read into the place's answer; a failure keeps what could be read. */
export function answerOf(place: PlaceName, read: ReadSignatures & { readonly unread?: number }, detail: string): PlaceAnswer {
  if (read.failure !== null) {
    return { place, kind: "failed", failure: read.failure, candidates: read.candidates, detail: read.failure.detail };
  }
  const unread = read.unread ?? 0;
  if (unread === 0 && read.candidates.every((candidate) => candidate.form === "other"))
    return { place, kind: "nothing", detail: `${detail}, no signature` };
  return { place, kind: "found", candidates: read.candidates, unread, detail };
}

/** One answer for a place that was asked in several ways: a failure weighs most, then what was found. */
export function mergeAnswers(place: PlaceName, answers: readonly PlaceAnswer[]): PlaceAnswer {
  const candidates = answers.flatMap((answer) => (answer.kind === "found" || answer.kind === "failed" ? answer.candidates : []));
  const detail = mergeDetails(answers.map((answer) => answer.detail));
  const failure = answers.find((answer) => answer.kind === "failed");
  if (failure) return { place, kind: "failed", failure: failure.failure, candidates, detail: failure.detail };
  if (answers.some((answer) => answer.kind === "found")) {
    const unread = answers.reduce((sum, answer) => sum + (answer.kind === "found" ? answer.unread : 0), 0);
    return { place, kind: "found", candidates, unread, detail };
  }
  if (answers.some((answer) => answer.kind === "nothing")) return { place, kind: "nothing", detail };
  return { place, kind: "notApplicable", detail };
}

/** Each tag once: what the registry said when it was asked is said later, and stronger, than what its list did not show. */
function mergeDetails(details: readonly string[]): string {
  const said = new Map(
    details.flatMap((detail) => detail.split("; ")).map((detail) => [/^tag [^ :]+(?=: )/.exec(detail)?.[0] ?? detail, detail]),
  );
  return [...said.values()].join("; ");
}
