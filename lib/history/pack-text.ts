import { gunzipSync, gzipSync } from "node:zlib";

/** Our own text, for a store: the documents of runs repeat themselves much. */
export function packText(text: string): Uint8Array {
  return gzipSync(text, { level: 6 });
}

/** The inverse of {@link packText}. */
export function unpackText(bytes: Uint8Array): string {
  return gunzipSync(bytes).toString("utf8");
}
