import type { Descriptor, ImageManifest } from "../oci/manifest.ts";
import { DSSE_ENVELOPE_LAYER, IN_TOTO, NOTATION_SIGNATURE, SIGSTORE_BUNDLE_PREFIX, SIMPLE_SIGNING_LAYER } from "../oci/media-types.ts";
import type { CandidateForm } from "./candidate.ts";

/** Layer types of cosign's SBOM attachments and of the generators that push the same by hand. */
const SBOM_LAYER = /^(?:text\/spdx|application\/(?:spdx|vnd\.spdx|vnd\.cyclonedx|vnd\.syft))(?:[+.;]|$)/;

/**
 * What one layer of a fetched manifest claims to be.
 *
 * The type of the layer decides, because a manifest may mix forms and because `artifactType` is missing (cosign before 3.1.2),
 * wrong (lists written by older tools) or shared between signed and unsigned things (`application/vnd.in-toto+json`).
 * Only Notation names itself by the manifest: its layers are plain JOSE or COSE.
 * https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md#storage
 */
export function recogniseForm(manifest: ImageManifest, layer: Descriptor): CandidateForm {
  const { mediaType } = layer;
  if (mediaType.startsWith(SIGSTORE_BUNDLE_PREFIX)) return "sigstore-bundle";
  if (mediaType === SIMPLE_SIGNING_LAYER) return "simple-signing";
  if (mediaType === DSSE_ENVELOPE_LAYER) return "dsse-attestation";
  if (manifest.artifactType === NOTATION_SIGNATURE || manifest.config?.mediaType === NOTATION_SIGNATURE) return "notation";
  if (mediaType === IN_TOTO) return "unsigned-statement";
  if (SBOM_LAYER.test(mediaType)) return "sbom";
  return "other";
}
