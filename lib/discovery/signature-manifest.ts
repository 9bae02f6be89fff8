import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { Failure } from "../registry/answer.ts";
import type { AnnotatedForm } from "./annotated-layer.ts";
import type { SignatureForm } from "./forms.ts";
import type { PlaceQuestion } from "./place.ts";
import { goneOf, type FoundCandidate, type Reply } from "./reply.ts";

/** The candidates that were read, and the first failure on the way. What was read may satisfy all the same. */
export interface ReadSignatures {
  readonly candidates: readonly FoundCandidate[];
  readonly failure: Failure | null;
  /** As in a reply. */
  readonly gone: readonly Digest[];
  /** Layers that look like signatures and were not read, because there are too many. */
  readonly unread: number;
  /** Large layers that are read last. */
  readonly later: readonly LaterLayer[];
}

/** A layer that waits for its turn, with what its manifest says of it. */
export interface LaterLayer {
  readonly candidate: Pick<FoundCandidate, "target" | "artifact" | "manifest" | "foreignSubject">;
  readonly form: SignatureForm;
  /** The form that only its annotations tell, or null. */
  readonly annotated: AnnotatedForm | null;
  readonly layer: Descriptor;
}

export const NOTHING_READ: ReadSignatures = { candidates: [], failure: null, gone: [], unread: 0, later: [] };

/** What is asked about one digest, and what is known of its signatures from earlier nights. */
export type Known = Pick<PlaceQuestion, "target" | "attested" | "recorded" | "verified" | "gone" | "desk">;

/** Adds up what was read of several manifests. */
export function mergeRead(reads: readonly ReadSignatures[]): ReadSignatures {
  return {
    candidates: reads.flatMap(({ candidates }) => candidates),
    failure: reads.find(({ failure }) => failure !== null)?.failure ?? null,
    gone: reads.flatMap(({ gone }) => gone),
    unread: reads.reduce((sum, { unread }) => sum + unread, 0),
    later: reads.flatMap(({ later }) => later),
  };
}

/** Turns what was read into a reply. A failure keeps the candidates that could be read. */
export function replyOf(read: ReadSignatures, detail: string): Reply {
  const { candidates, failure, unread } = read;
  const gone = goneOf(read.gone);
  if (failure !== null) return { kind: "failed", failure, candidates, detail: failure.detail, ...gone };
  if (unread === 0 && candidates.every((candidate) => candidate.form === "other"))
    return { kind: "nothing", detail: `${detail}, no signature`, ...gone };
  return { kind: "found", candidates, unread, detail, ...gone };
}
