/** Media types of manifests and of everything stored as a signature. Sources: image-spec, cosign, notation, BuildKit. */
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

/** Of image-spec 1.1.0-rc1 and rc2; clients of that time stored signatures in it. It has `blobs` where a manifest has `layers`. */
export const OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
/** Docker's format before 2016. It is never asked for, but old registries have nothing else. */
export const DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+json";

export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
export const OCI_EMPTY = "application/vnd.oci.empty.v1+json";
export const OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

export const SIMPLE_SIGNING_LAYER = "application/vnd.dev.cosign.simplesigning.v1+json";
export const COSIGN_SIGNATURE_ARTIFACT = "application/vnd.dev.cosign.artifact.sig.v1+json";
/** A prefix: `…bundle+json;version=0.1`, `…bundle.v0.3+json` and later versions follow. */
export const SIGSTORE_BUNDLE_PREFIX = "application/vnd.dev.sigstore.bundle";
export const SIGSTORE_BUNDLE_V03 = "application/vnd.dev.sigstore.bundle.v0.3+json";
export const DSSE_ENVELOPE_LAYER = "application/vnd.dsse.envelope.v1+json";
export const NOTATION_SIGNATURE = "application/vnd.cncf.notary.signature";
export const IN_TOTO = "application/vnd.in-toto+json";
export const BUILDKIT_ATTESTATION = "application/vnd.docker.attestation.manifest.v1+json";

/** Sent in full with every manifest request: without one of them some registries convert, others answer 404. */
export const MANIFEST_ACCEPT = [OCI_INDEX, OCI_MANIFEST, DOCKER_MANIFEST_LIST, DOCKER_MANIFEST, OCI_ARTIFACT].join(", ");

/** Returns the type without parameters in lower case: `Application/JSON; charset=utf-8` becomes `application/json`. */
export function essenceOf(contentType: string | undefined): string {
  return (contentType ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST;
}

export function isManifestType(mediaType: string): boolean {
  return mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST || mediaType === OCI_ARTIFACT;
}
