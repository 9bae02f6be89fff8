import { createHash } from "node:crypto";

/**
 * A Digest identifies exact bytes: `sha256:<64 hex>` or `sha512:<128 hex>`, lower-case. Only these two have a registered length:
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 */
export type Digest = `sha256:${string}` | `sha512:${string}`;

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Reports whether a value is a well-formed digest. Only such a value may become part of a URL. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === "string" && DIGEST.test(text);
}

/** Returns the digest of the bytes. */
export function digestOf(bytes: Uint8Array | string, algorithm: "sha256" | "sha512" = "sha256"): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Reports whether the bytes have this digest, by the digest's own algorithm. */
export function matchesDigest(bytes: Uint8Array, digest: Digest): boolean {
  return digestOf(bytes, digest.startsWith("sha512:") ? "sha512" : "sha256") === digest;
}

/** Returns the part after the colon. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** Shortens a digest to what a person recognises: `sha256:6e5d9c0b…`. */
export function shortDigest(digest: Digest): string {
  return `${digest.slice(0, digest.indexOf(":") + 9)}…`;
}
