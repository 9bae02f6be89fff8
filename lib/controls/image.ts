import { digestOf } from "../oci/digest.ts";
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from "../oci/media-types.ts";
import { buildManifest, describe, newArtifact, type Artifact } from "./artifact.ts";

/** `docker` stands for the media types of Docker's schema 2. */
export type MediaTypeFamily = "oci" | "docker";

interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** An empty tar archive: two blocks of zeros. Only their configuration tells images apart. */
const EMPTY_TAR = Buffer.alloc(1024);
const EMPTY_TAR_DIGEST = digestOf(EMPTY_TAR);

/** Builds an image of one empty layer. Equal seeds and platforms give equal digests. */
export function buildImage(options: {
  readonly seed: string;
  readonly platform?: ImagePlatform;
  readonly mediaTypes?: MediaTypeFamily;
}): Artifact {
  const platform = options.platform ?? { os: "linux", architecture: "amd64" };
  const docker = options.mediaTypes === "docker";
  const config = {
    ...platform,
    config: { Labels: { "org.opencontainers.image.version": options.seed } },
    rootfs: { type: "layers", diff_ids: [EMPTY_TAR_DIGEST] },
  };
  return buildManifest({
    mediaType: docker ? DOCKER_MANIFEST : OCI_MANIFEST,
    config: {
      mediaType: docker ? "application/vnd.docker.container.image.v1+json" : OCI_CONFIG,
      bytes: Buffer.from(JSON.stringify(config)),
    },
    layers: [
      {
        mediaType: docker ? "application/vnd.docker.image.rootfs.diff.tar" : "application/vnd.oci.image.layer.v1.tar",
        bytes: EMPTY_TAR,
      },
    ],
    entry: { platform },
  });
}

/** Builds an index, or Docker's manifest list, of these images in order. It may contain indexes. */
export function buildIndex(
  children: readonly Artifact[],
  options: { readonly mediaTypes?: MediaTypeFamily; readonly annotations?: Readonly<Record<string, string>> } = {},
): Artifact {
  const mediaType = options.mediaTypes === "docker" ? DOCKER_MANIFEST_LIST : OCI_INDEX;
  const manifests = children.map((child) => ({
    ...describe({ mediaType: child.mediaType, bytes: child.bytes }),
    ...child.entry,
  }));
  const document = { schemaVersion: 2, mediaType, manifests, annotations: options.annotations };
  return newArtifact(document, mediaType, { blobs: [], children, entry: {} });
}
