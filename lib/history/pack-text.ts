import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, gunzipSync, gzipSync } from "node:zlib";

/** Our own text, for a store: the documents of runs repeat themselves much. */
export function packText(text: string): Uint8Array {
  return gzipSync(text, { level: 6 });
}

/** As {@link packText}, also of a text that never lies in memory as a whole. */
export async function packPieces(pieces: string | Iterable<string>): Promise<Uint8Array> {
  const packed: Uint8Array[] = [];
  const text = Readable.from(typeof pieces === "string" ? [pieces] : pieces);
  await pipeline(text, createGzip({ level: 6 }), async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) packed.push(chunk);
  });
  return Buffer.concat(packed);
}

/** The inverse of {@link packText} and {@link packPieces}. */
export function unpackText(bytes: Uint8Array): string {
  return gunzipSync(bytes).toString("utf8");
}
