import { buildManifest, EMPTY_CONFIG, pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { attachReferrer } from "../../lib/controls/attach-referrer.ts";
import type { ControlRegistry } from "../../lib/controls/registry-server.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { OCI_MANIFEST } from "../../lib/oci/media-types.ts";
import { signKeyless, type KeylessOptions } from "./sign-keyless.ts";
import type { TestSigstore } from "./test-sigstore.ts";

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const LAYERS = {
  "simple-signing": "application/vnd.dev.cosign.simplesigning.v1+json",
  "dsse-attestation": "application/vnd.dsse.envelope.v1+json",
  "sigstore-bundle": BUNDLE,
} as const;

/** Signs an image and stores the signature as released tools do: `.sig` or `.att` tag, or a referrer. */
export function pushKeyless(
  registry: ControlRegistry,
  repository: string,
  image: Artifact,
  sigstore: TestSigstore,
  options: KeylessOptions = {},
): Artifact {
  const { form, content, annotations } = signKeyless(sigstore, image.digest, options);
  const layer = {
    mediaType: LAYERS[form as keyof typeof LAYERS],
    bytes: Buffer.from((content as { bytes: Uint8Array }).bytes),
    annotations,
  };
  const isBundle = form === "sigstore-bundle";
  const artifact = buildManifest({
    mediaType: OCI_MANIFEST,
    config: EMPTY_CONFIG,
    layers: [layer],
    ...(isBundle ? { artifactType: BUNDLE, subject: image } : {}),
  });
  if (isBundle) attachReferrer(registry, repository, image, artifact);
  else pushArtifact(registry.store, repository, artifact, cosignTag(image.digest, form === "dsse-attestation" ? ".att" : ".sig"));
  return artifact;
}
