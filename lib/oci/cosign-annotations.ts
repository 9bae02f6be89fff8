/**
 * The annotation of a layer that holds cosign's signature over the layer's bytes, in base64. It is there and empty if the bytes are an
 * envelope that holds its signatures itself (https://github.com/sigstore/cosign/blob/main/specs/ATTESTATION_SPEC.md).
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#properties
 */
export const COSIGN_SIGNATURE = "dev.cosignproject.cosign/signature";

/** What begins cosign's other annotations of a layer: its code writes the first, its specification prints the second. */
export const COSIGN_PREFIXES = ["dev.sigstore.cosign/", "dev.cosignproject.cosign/"] as const;

/** The predicate type by which `cosign sign` says that a statement is a signature and no attestation. */
export const COSIGN_SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";
