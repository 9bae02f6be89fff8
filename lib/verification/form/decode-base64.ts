/** One class without repetition, because a pattern that repeats would need memory for every character of a hostile megabyte. */
const FOREIGN = /[^A-Za-z0-9+/]/;
const FOREIGN_URL_SAFE = /[^A-Za-z0-9_-]/;

/**
 * Decodes padded base64 of the standard alphabet (RFC 4648 section 4), or null.
 *
 * `Buffer.from` skips characters that it does not know, so two readers could see two values; here, one foreign character refuses all.
 * Line breaks are skipped as by Go's decoder, because `cosign attach signature` stores what `base64` printed.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const joined = text.replace(/[\r\n]/g, "");
  if (joined.length % 4 !== 0 || FOREIGN.test(withoutPadding(joined))) return null;
  return Buffer.from(joined, "base64");
}

/**
 * Decodes the same, or the URL-safe alphabet with or without padding, because JSON of protocol buffers may use either.
 * https://protobuf.dev/programming-guides/json/
 */
export function decodeAnyBase64(text: string): Uint8Array | null {
  const standard = decodeBase64(text);
  if (standard) return standard;
  const unpadded = withoutPadding(text);
  if (unpadded.length % 4 === 1 || FOREIGN_URL_SAFE.test(unpadded)) return null;
  return Buffer.from(unpadded, "base64url");
}

/** At most two characters: a third is foreign. */
function withoutPadding(text: string): string {
  if (text.endsWith("==")) return text.slice(0, -2);
  return text.endsWith("=") ? text.slice(0, -1) : text;
}
