import { BUILDKIT_ATTESTATION, IN_TOTO, OCI_CONFIG } from "../oci/media-types.ts";
import { buildManifest, EMPTY_CONFIG, type Artifact } from "./artifact.ts";
import { formatCosignConfig } from "./cosign-config.ts";
import { formatStatement, SLSA_PROVENANCE_PREDICATE } from "./sign-statement.ts";

/**
 * Builds BuildKit's attestation manifest for one platform, an entry beside it in an index, with unsigned statements. `artifact` (BuildKit
 * 0.31 and later) has an artifact type and the platform as its subject; `image` (earlier) has neither.
 * https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export function buildBuildKitAttestation(
  platform: Artifact,
  options: {
    readonly predicateTypes?: readonly string[];
    readonly style?: "artifact" | "image";
  } = {},
): Artifact {
  const layers = (options.predicateTypes ?? [SLSA_PROVENANCE_PREDICATE]).map((predicateType) => ({
    mediaType: IN_TOTO,
    bytes: Buffer.from(formatStatement({ digest: platform.digest, predicateType, predicate: {} })),
    annotations: { "in-toto.io/predicate-type": predicateType },
  }));
  const entry = {
    platform: { architecture: "unknown", os: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": platform.digest },
  };
  if (options.style === "image") {
    return buildManifest({
      config: { mediaType: OCI_CONFIG, bytes: formatCosignConfig(layers) },
      layers,
      entry,
    });
  }
  return buildManifest({ config: EMPTY_CONFIG, layers, subject: platform, artifactType: BUILDKIT_ATTESTATION, entry });
}
