import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

const DECODERS = { gzip: gunzipSync, "x-gzip": gunzipSync, deflate: inflateSync, br: brotliDecompressSync } as const;

/**
 * Decodes a body that is compressed although `identity` was asked for: digests are those of the decoded bytes.
 * Null where the encoding is unknown, the bytes are not of it, or more than `limitBytes` would come out.
 */
export function decodeBody(encoding: string, body: Buffer, limitBytes: number): Buffer | null {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity" || body.length === 0) return body;
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name as keyof typeof DECODERS] : null;
  if (decode === null) return null;
  try {
    return decode(body, { maxOutputLength: limitBytes });
  } catch {
    return null;
  }
}
