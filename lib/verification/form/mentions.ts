import { hexOf, type Digest } from "../../oci/digest.ts";

/** Reports whether the hex of a digest stands anywhere in bytes. Whatever names the digest in lower case, as all formats do, has it there. */
export function mentions(bytes: Uint8Array, digest: Digest): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(hexOf(digest));
}
