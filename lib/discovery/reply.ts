import type { Digest } from "../oci/digest.ts";
import type { Failure } from "../registry/answer.ts";
import type { SignatureForm } from "./forms.ts";

/** The payload, envelope or bundle of a candidate. */
export type CandidateContent =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** It is there, and cannot be used. */
  | { readonly kind: "unusable"; readonly detail: string }
  | LetGo;

/** Its bytes were let go once it was judged. */
export interface LetGo {
  readonly kind: "judged";
  /** Whether they are evidence under the digest of the layer. */
  readonly isKept: boolean;
  /** What it claims to be. */
  readonly evidence: "signature" | "attestation";
  readonly predicateType: string | null;
  /** What was made of it. */
  readonly detail: string;
}

/** One thing that may be a signature, as a place found it: a layer of a signature manifest, or bytes that stand alone, with its content. */
export interface FoundCandidate {
  /** The digest that was asked for. */
  readonly target: Digest;
  /** Digest of what holds it: a signature manifest, or, if there is none, the bytes themselves. It equals `layer` then. */
  readonly artifact: Digest;
  /** The bytes of that manifest, if it was fetched and its form is that of a signature. What is read from the history has none. */
  readonly manifest?: Uint8Array;
  readonly form: SignatureForm;
  /** Digest of the layer, or of the bytes that stand alone. */
  readonly layer: Digest;
  readonly annotations: Readonly<Record<string, string>>;
  readonly content: CandidateContent;
  /** Stands for what was made of the content when its bytes were at hand; absent if nobody judged it then. */
  readonly mark?: object;
  /** True if no signer of the policy made it. */
  readonly isStrangers?: true;
  /** True if the manifest has a `subject` that names another digest than the target. */
  readonly foreignSubject: boolean;
}

/** What was found out about one target digest, before the table says at which place (architecture section 3). `detail` is for people. */
export type Reply<Found = FoundCandidate> = {
  readonly detail: string;
  /** Recorded artifacts that the registry itself calls absent, by digest, although the place still names them. Absent if there are none. */
  readonly gone?: readonly Digest[];
} & (
  | {
      readonly kind: "found";
      readonly candidates: readonly Found[];
      /** Signature-like entries that were listed past the limit and therefore not fetched. */
      readonly unread: number;
      /** The index that names the candidates, if they were read from one that has a digest. */
      readonly holder?: Digest;
    }
  | { readonly kind: "nothing" }
  | {
      readonly kind: "failed";
      readonly failure: Failure;
      /** What could be read all the same; one of them may already satisfy. */
      readonly candidates: readonly Found[];
    }
  | { readonly kind: "notApplicable" }
);

/** The reply of a place that could not be read. */
export function failedReply(failure: Failure): Extract<Reply, { kind: "failed" }> {
  return { kind: "failed", failure, candidates: [], detail: failure.detail };
}

/** The member `gone` of a reply, each artifact once. */
export function goneOf(artifacts: readonly Digest[]): Pick<Reply, "gone"> {
  return artifacts.length === 0 ? {} : { gone: [...new Set(artifacts)] };
}

/** Merges what was found in several ways into one reply: a failure weighs most, then what was found. */
export function mergeReplies<Found>(replies: readonly Reply<Found>[]): Reply<Found> {
  const candidates = replies.flatMap((reply) => (reply.kind === "found" || reply.kind === "failed" ? reply.candidates : []));
  const detail = mergeDetails(replies.map((reply) => reply.detail));
  const gone = goneOf(replies.flatMap((reply) => reply.gone ?? []));
  const failure = replies.find((reply) => reply.kind === "failed");
  if (failure) return { kind: "failed", failure: failure.failure, candidates, detail: failure.detail, ...gone };
  if (replies.some((reply) => reply.kind === "found")) {
    const unread = replies.reduce((sum, reply) => sum + (reply.kind === "found" ? reply.unread : 0), 0);
    return { kind: "found", candidates, unread, detail, ...gone };
  }
  return { kind: replies.some((reply) => reply.kind === "nothing") ? "nothing" : "notApplicable", detail, ...gone };
}

/** Each tag once: what the registry said when it was asked is said later, and is stronger, than what its list did not show. */
function mergeDetails(details: readonly string[]): string {
  const said = new Map(
    details.flatMap((detail) => detail.split("; ")).map((detail) => [/^tag [^ :]+(?=: )/.exec(detail)?.[0] ?? detail, detail]),
  );
  return [...said.values()].join("; ");
}
