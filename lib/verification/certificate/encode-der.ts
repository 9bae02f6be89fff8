import type { X509Certificate } from "@sigstore/core";

/** One element of a parsed tree. */
export type DerElement = X509Certificate["root"];

/**
 * Returns the bytes of a parsed element, with a new header and its content as it was. The library would encode the entire tree again, which
 * costs ten times as much, and a kilobyte for each element.
 */
export function encodeElement({ tag, value }: DerElement): Buffer {
  return encodeDer(tag.toDER(), value);
}

/** Encodes one element in DER (X.690 section 8.1). */
export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  return Buffer.concat([Buffer.from([tag, ...encodeLength(length)]), ...contents]);
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
