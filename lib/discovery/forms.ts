import type { Descriptor, ImageManifest } from "../oci/manifest.ts";
import {
  COSIGN_SIGNATURE_ARTIFACT,
  DSSE_ENVELOPE_LAYER,
  IN_TOTO,
  NOTATION_SIGNATURE,
  SIGSTORE_BUNDLE_PREFIX,
  SIMPLE_SIGNING_LAYER,
} from "../oci/media-types.ts";
import { ENVELOPE_LIMIT_BYTES, SIMPLE_SIGNING_LIMIT_BYTES } from "./limits.ts";

/** How to recognise one form. Its other half, how to read it, is the row of the same name in lib/verification/form/forms.ts. */
interface FormRecognition {
  readonly name: string;
  /** Whether a layer of a fetched manifest claims to be of this form. */
  readonly recognises: (manifest: ImageManifest, layer: Descriptor) => boolean;
  /**
   * What the artifact type in a descriptor says: `surely` if only this form has the type, `maybe` if the form often has it. Descriptors
   * only decide what is read first, and whether a manifest that cannot be read counts as a signature.
   */
  readonly isSaidBy: (artifactType: string) => "surely" | "maybe" | "no";
  /** The most that is fetched of a layer. Null if none is: what is unsigned, or no evidence at all, decides nothing by its bytes. */
  readonly limitBytes: number | null;
}

/** Layer types of cosign's SBOM attachments and of the generators that push the same by hand. */
const SBOM_LAYER = /^(?:text\/spdx|application\/(?:spdx|vnd\.spdx|vnd\.cyclonedx|vnd\.syft))(?:[+.;]|$)/;

const never = (): false => false;
const unsaid = (): "no" => "no";

function saidBy(...types: readonly string[]): FormRecognition["isSaidBy"] {
  return (artifactType) => (types.includes(artifactType) ? "maybe" : "no");
}

/**
 * Every form in which a candidate may be stored, each with how it is recognised. The first row that recognises a layer names its form, and
 * the last recognises all.
 *
 * The type of the layer decides, because a manifest may mix forms and because `artifactType` is missing (cosign before 3.1.2), wrong (lists
 * written by older tools) or shared between signed and unsigned things (`application/vnd.in-toto+json`). Only Notation names itself by the
 * manifest: its layers are plain JOSE or COSE.
 * https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md#storage
 */
const FORMS = [
  {
    name: "sigstore-bundle",
    recognises: (_manifest, { mediaType }) => mediaType.startsWith(SIGSTORE_BUNDLE_PREFIX),
    isSaidBy: (artifactType) => (artifactType.startsWith(SIGSTORE_BUNDLE_PREFIX) ? "surely" : "no"),
    limitBytes: ENVELOPE_LIMIT_BYTES,
  },
  {
    // cosign: each layer is one payload, its signature lies in the annotations.
    name: "simple-signing",
    recognises: (_manifest, { mediaType }) => mediaType === SIMPLE_SIGNING_LAYER,
    isSaidBy: saidBy(COSIGN_SIGNATURE_ARTIFACT, SIMPLE_SIGNING_LAYER),
    limitBytes: SIMPLE_SIGNING_LIMIT_BYTES,
  },
  {
    // cosign's .att, or a referrer that is an envelope without a bundle.
    name: "dsse-attestation",
    recognises: (_manifest, { mediaType }) => mediaType === DSSE_ENVELOPE_LAYER,
    isSaidBy: saidBy(DSSE_ENVELOPE_LAYER, IN_TOTO),
    limitBytes: ENVELOPE_LIMIT_BYTES,
  },
  {
    name: "notation",
    recognises: ({ artifactType, config }) => artifactType === NOTATION_SIGNATURE || config?.mediaType === NOTATION_SIGNATURE,
    isSaidBy: saidBy(NOTATION_SIGNATURE),
    limitBytes: ENVELOPE_LIMIT_BYTES,
  },
  {
    // Never a layer of a manifest: it lies on a web server, or behind an API of the registry.
    name: "gpg",
    recognises: never,
    isSaidBy: unsaid,
    limitBytes: ENVELOPE_LIMIT_BYTES,
  },
  {
    // BuildKit's: in-toto without an envelope.
    name: "unsigned-statement",
    recognises: (_manifest, { mediaType }) => mediaType === IN_TOTO,
    isSaidBy: unsaid,
    limitBytes: null,
  },
  { name: "sbom", recognises: (_manifest, { mediaType }) => SBOM_LAYER.test(mediaType), isSaidBy: unsaid, limitBytes: null },
  { name: "other", recognises: () => true, isSaidBy: unsaid, limitBytes: null },
] as const satisfies readonly FormRecognition[];

/** How a candidate is stored, read from the fetched manifest and never from a descriptor that points to it. */
export type SignatureForm = (typeof FORMS)[number]["name"];

/** Tells what one layer of a fetched manifest claims to be. */
export function recogniseForm(manifest: ImageManifest, layer: Descriptor): SignatureForm {
  return FORMS.find((form) => form.recognises(manifest, layer))!.name;
}

/** Tells what a manifest that cannot be read counts as: a form only if its descriptor says so beyond doubt. */
export function formSaidBy(artifactType: string | null): SignatureForm {
  return FORMS.find(({ isSaidBy }) => isSaidBy(artifactType ?? "") === "surely")?.name ?? "other";
}

/** Whether an artifact type is one that signatures of some form have. */
export function isSignatureType(artifactType: string): boolean {
  return FORMS.some(({ isSaidBy }) => isSaidBy(artifactType) !== "no");
}

/** The most that is fetched of a layer of this form, or null if its layers are not fetched. */
export function limitOfForm(form: SignatureForm): number | null {
  return FORMS.find(({ name }) => name === form)!.limitBytes;
}

/** Whether layers of this form are fetched. */
export function isReadForm(form: SignatureForm): boolean {
  return limitOfForm(form) !== null;
}
