import type { Candidate } from "../../discovery/candidate.ts";
import type { SignatureForm } from "../../discovery/forms.ts";
import { SIGSTORE_BUNDLE } from "./read-bundle.ts";
import { DSSE_ATTESTATION } from "./read-envelope.ts";
import type { FormReader, ReadEvidence, ReadSubject } from "./read-evidence.ts";
import { GPG } from "./read-gpg.ts";
import { NOTATION } from "./read-notation.ts";
import { SIMPLE_SIGNING } from "./read-simple-signing.ts";

/** How each form is read. Its other half, how to recognise it, is the row of the same name in lib/discovery/forms.ts. */
export const FORM_READERS: Readonly<Record<SignatureForm, FormReader>> = {
  "sigstore-bundle": SIGSTORE_BUNDLE,
  "simple-signing": SIMPLE_SIGNING,
  "dsse-attestation": DSSE_ATTESTATION,
  notation: NOTATION,
  gpg: GPG,
  "unsigned-statement": { kind: "unsigned", evidence: "unsigned-attestation", detail: "a statement without a signature" },
  sbom: { kind: "unsigned", evidence: "unsigned-attestation", detail: "an SBOM, which is not signed by itself" },
  other: { kind: "unsigned", evidence: "nothing", detail: "no form of a signature" },
};

/** Reads the signatures of a candidate; a form that holds none has none. */
export function readEvidence({ form, content, annotations }: Candidate, subject: ReadSubject): ReadEvidence {
  const reader = FORM_READERS[form];
  if (reader.kind === "unsigned") return { kind: "read", items: [] };
  if (content.kind !== "bytes") return { kind: "unusable", evidence: reader.evidence, reason: "unverifiable", detail: content.detail };
  return reader.read(content.bytes, annotations, subject);
}
