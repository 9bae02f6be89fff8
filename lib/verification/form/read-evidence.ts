import type { Candidate } from "../../discovery/candidate.ts";
import type { Digest } from "../../oci/digest.ts";
import type { JsonObject } from "../../oci/parse-json.ts";
import type { RejectionReason } from "../candidate-result.ts";
import type { SignatureEvidence } from "./evidence.ts";
import type { Malformed } from "../malformed.ts";

/** How one form is read: one value in a file of its own, and one row of the table in forms.ts. */
export type FormReader = SignedFormReader | UnsignedForm;

export interface SignedFormReader {
  readonly kind: "signed";
  /** What a candidate counts as if its content cannot be used. */
  readonly evidence: "signature" | "attestation";
  /** Decodes hostile bytes and never throws. `annotations` are those of the layer; nothing of them is trusted either. */
  readonly read: (bytes: Uint8Array, annotations: Candidate["annotations"], subject: ReadSubject) => ReadEvidence;
}

/** A form that holds no signature, whatever its bytes are. */
interface UnsignedForm {
  readonly kind: "unsigned";
  readonly evidence: "unsigned-attestation" | "nothing";
  readonly detail: string;
}

/** What a candidate is read for. */
export interface ReadSubject {
  readonly target: Digest;
  /** The bytes of the target if they are at hand: some signatures are over them. */
  readonly artifact: Uint8Array | null;
}

/** What the reader of a form makes of a candidate: every signature in it, or why none can be used. */
export type ReadEvidence = { readonly kind: "read"; readonly items: readonly (EvidenceItem | UnusableItem)[] } | UnusableItem;

/** One signature, and what its signed bytes say once somebody vouches for them. */
export interface EvidenceItem {
  readonly evidence: SignatureEvidence;
  readonly predicateType: string | null;
  /** Whether the signed bytes may name the target. They are not parsed for that, because nobody vouches for them. */
  couldName(target: Digest): boolean;
  /** Parses the signed bytes, which a signer of the policy made. */
  content(target: Digest): SignedContent;
}

export interface UnusableItem {
  readonly kind: "unusable";
  readonly evidence: "signature" | "attestation";
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** Makes the evidence of a candidate of which nothing can be used. */
export function unusable(reason: UnusableItem["reason"], detail: string, evidence: UnusableItem["evidence"] = "signature"): UnusableItem {
  return { kind: "unusable", evidence, reason, detail };
}

/** What signed bytes say. */
export type SignedContent =
  | Malformed
  | {
      readonly kind: "read";
      readonly namesTarget: boolean;
      /** The digest that the bytes name (one of them if there are many), for the sentence. */
      readonly named: string;
      /** Annotations inside the signed bytes. */
      readonly annotations: Readonly<Record<string, unknown>>;
      /** What a statement says of its subject; empty if the form has none. */
      readonly predicate: JsonObject;
    };
