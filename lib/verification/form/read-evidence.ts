import type { Digest } from "../../oci/digest.ts";
import type { JsonObject } from "../../oci/parse-json.ts";
import type { RejectionReason } from "../candidate-result.ts";
import type { SignatureEvidence } from "./evidence.ts";

/** What the reader of a form makes of a candidate: every signature in it, or why none can be used. */
export type ReadEvidence = { readonly kind: "read"; readonly items: readonly (EvidenceItem | UnusableItem)[] } | UnusableItem;

/** One signature, and what its signed bytes say once somebody vouches for them. */
export interface EvidenceItem {
  readonly evidence: SignatureEvidence;
  readonly predicateType: string | null;
  content(target: Digest): SignedContent;
}

export interface UnusableItem {
  readonly kind: "unusable";
  readonly evidence: "signature" | "attestation";
  readonly reason: RejectionReason;
  readonly detail: string;
}

/** What signed bytes say. */
export type SignedContent =
  | { readonly kind: "malformed"; readonly detail: string }
  | {
      readonly kind: "read";
      readonly namesTarget: boolean;
      /** The digest that the bytes name (one of them, where there are many), for the sentence. */
      readonly named: string;
      /** Annotations inside the signed bytes. */
      readonly annotations: Readonly<Record<string, unknown>>;
      /** What a statement says of its subject; empty where the form has none. */
      readonly predicate: JsonObject;
    };
