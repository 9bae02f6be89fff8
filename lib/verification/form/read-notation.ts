import { unusable, type SignedFormReader } from "./read-evidence.ts";

/** Notation's signatures, which this version recognises and does not verify. https://github.com/notaryproject/specifications */
export const NOTATION: SignedFormReader = {
  kind: "signed",
  evidence: "signature",
  read: (bytes) => unusable("unverifiable", `a Notation signature (${encodingOf(bytes)}), which this version does not verify`),
};

/** JWS is a JSON object; everything else that Notation stores is COSE. */
function encodingOf(bytes: Uint8Array): string {
  return bytes[0] === "{".charCodeAt(0) ? "JWS" : "COSE";
}
