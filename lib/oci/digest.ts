import { createHash } from "node:crypto";

/**
 * A digest of exact bytes, `sha256:<64 hex>` or `sha512:<128 hex>`, lower-case.
 * Only these two are registered with a fixed length:
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export type Digest = `sha256:${string}` | `sha512:${string}`;

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** True only for a well-formed digest; nothing else may become part of a URL. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === "string" && DIGEST.test(text);
}

/** Digest of the bytes, by SHA-256 unless told otherwise. */
export function digestOf(bytes: Uint8Array | string, algorithm: "sha256" | "sha512" = "sha256"): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Whether the bytes are the ones that the digest names, by the digest's own algorithm. */
export function matchesDigest(bytes: Uint8Array, digest: Digest): boolean {
  return digestOf(bytes, digest.startsWith("sha512:") ? "sha512" : "sha256") === digest;
}

/** The part after the colon. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** `sha256:6e5d9c0b…`: enough for a person to recognise it. */
export function shortDigest(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(":") + 9)}…`;
}
