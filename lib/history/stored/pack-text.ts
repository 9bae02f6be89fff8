import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gunzipSync, gzipSync } from "node:zlib";
import type { Digest } from "../../oci/digest.ts";
import { digestPieces } from "./digested-text.ts";

/** Compresses a text of Sealwatch for a store: the documents of runs repeat themselves a lot. */
export function packText(text: string): Uint8Array {
  return gzipSync(text, { level: 6 });
}

/** A text as it is stored, with the digest of the text itself. */
interface PackedText {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/** Compresses a text as {@link packText} does, but piece by piece, so that it need not be in memory as a whole. */
export async function packPieces(pieces: string | Iterable<string>): Promise<PackedText> {
  const packed: Uint8Array[] = [];
  const text = digestPieces(pieces);
  await pipeline(Readable.from(text.pieces), createGzip({ level: 6 }), async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) packed.push(chunk);
  });
  return { bytes: Buffer.concat(packed), digest: text.digest() };
}

/** The inverse of {@link packText} and {@link packPieces}. */
export function unpackText(bytes: Uint8Array): string {
  return gunzipSync(bytes).toString("utf8");
}
