import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gunzipSync, gzipSync } from "node:zlib";
import type { Digest } from "../oci/digest.ts";

/** Our own text, for a store: the documents of runs repeat themselves much. */
export function packText(text: string): Uint8Array {
  return gzipSync(text, { level: 6 });
}

/** A text as it is stored, with the digest of the text itself. */
export interface PackedText {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** As {@link packText}, also of a text that never lies in memory as a whole. */
export async function packPieces(pieces: string | Iterable<string>): Promise<PackedText> {
  const packed: Uint8Array[] = [];
  const hash = createHash("sha256");
  await pipeline(Readable.from(hashed(pieces, hash)), createGzip({ level: 6 }), async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) packed.push(chunk);
  });
  return { bytes: Buffer.concat(packed), digest: `sha256:${hash.digest("hex")}` };
}

function* hashed(pieces: string | Iterable<string>, hash: Hash): Generator<string> {
  for (const piece of typeof pieces === "string" ? [pieces] : pieces) {
    hash.update(piece);
    yield piece;
  }
}

/** The inverse of {@link packText} and {@link packPieces}. */
export function unpackText(bytes: Uint8Array): string {
  return gunzipSync(bytes).toString("utf8");
}
