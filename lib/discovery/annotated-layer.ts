import { COSIGN_PREFIXES, COSIGN_SIGNATURE } from "../oci/cosign-annotations.ts";
import type { Descriptor } from "../oci/manifest.ts";
import { SIMPLE_SIGNING_LAYER } from "../oci/media-types.ts";
import { isJsonObject, parseJson } from "../oci/parse-json.ts";
import { ENVELOPE_VALUES_LIMIT } from "./limits.ts";
import type { CandidateContent } from "./reply.ts";

/** What a layer may be by cosign's annotations, although its media type does not say so. */
export type AnnotatedForm = "simple-signing" | "dsse-attestation";

/** What cosign writes beside the envelopes of `.att`. */
const PREDICATE_TYPE = "predicateType";

/**
 * Tells what cosign's annotations say of a layer: that its signature lies beside it, or inside it; or null. cosign reads every layer of its
 * companion tags, whatever its type (pkg/oci/remote/signatures.go, Get).
 */
export function formOfAnnotations({ annotations }: Descriptor): AnnotatedForm | null {
  const signature = annotations[COSIGN_SIGNATURE];
  if (signature === "" || (signature === undefined && annotations[PREDICATE_TYPE] !== undefined)) return "dsse-attestation";
  const isAnnotated = Object.keys(annotations).some((key) => COSIGN_PREFIXES.some((prefix) => key.startsWith(prefix)));
  return isAnnotated ? "simple-signing" : null;
}

/**
 * Judges the bytes of an annotated layer of another type; null if they are no payload or envelope, but something that was attached. An
 * envelope says itself what it is. A payload does not: cosign would verify it, and other verifiers do not look at it, so it is a signature
 * that cannot be used.
 */
export function contentOfAnnotated(form: AnnotatedForm, layer: Descriptor, bytes: Uint8Array): CandidateContent | null {
  const parsed = parseJson(bytes, { values: ENVELOPE_VALUES_LIMIT });
  const document = parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value : {};
  if (form === "dsse-attestation") return document["payloadType"] === undefined ? null : { kind: "bytes", bytes };
  if (document["critical"] === undefined) return null;
  const detail = `the media type of its layer is ${layer.mediaType || "missing"}, not ${SIMPLE_SIGNING_LAYER}: only cosign reads such a signature`;
  return { kind: "unusable", detail };
}
