import type { Digest } from "../oci/digest.ts";
import type { Failure } from "../registry/answer.ts";

export type PlaceName =
  | "referrers-api"
  | "referrers-tag"
  | "cosign-tag"
  | "signature-repository"
  | "image-index"
  | "signature-extension"
  | "lookaside";

/** How a candidate is stored, read from the fetched manifest and never from a descriptor that points to it. */
export type CandidateForm =
  | "simple-signing" // cosign: one layer, its payload and annotations
  | "sigstore-bundle"
  | "dsse-attestation" // cosign .att, or a DSSE referrer
  | "notation"
  | "gpg"
  | "sbom" // unsigned by itself
  | "unsigned-statement" // BuildKit: in-toto without envelope
  | "other"; // no form of a signature

/** One thing at a place that may be a signature: a layer of a signature manifest, with its bytes. */
export interface Candidate {
  readonly place: PlaceName;
  /** The digest that was asked for. */
  readonly target: Digest;
  /** Digest of the manifest that holds it. */
  readonly artifact: Digest;
  /** The bytes of that manifest, where it was fetched and its form is that of a signature; never of what is read from the history. */
  readonly manifest?: Uint8Array;
  readonly form: CandidateForm;
  /** Digest of the layer. */
  readonly layer: Digest;
  readonly annotations: Readonly<Record<string, string>>;
  /** The payload, envelope or bundle; or why it cannot be used although its manifest is there. */
  readonly content: { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "unusable"; readonly detail: string };
  /** True where the manifest's `subject`, if it has one, names another digest than the target. */
  readonly foreignSubject: boolean;
}

/** What one place said of one target digest (architecture section 3). `detail` is for people. */
export type PlaceAnswer = { readonly place: PlaceName; readonly detail: string } &
  /** `unread`: signature-like entries that were listed past the limit and therefore not fetched. */
  (
    | { readonly kind: "found"; readonly candidates: readonly Candidate[]; readonly unread: number }
    | { readonly kind: "nothing" }
    /** `candidates`: what could be read all the same; one of them may already satisfy. */
    | { readonly kind: "failed"; readonly failure: Failure; readonly candidates: readonly Candidate[] }
    | { readonly kind: "notApplicable" }
    | { readonly kind: "recalled"; readonly answer: "found" | "nothing" | "notApplicable"; readonly at: string }
  );
