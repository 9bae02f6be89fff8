import { createHash } from "node:crypto";
import type { Digest } from "../../oci/digest.ts";

/** A text in pieces that are read once, and the digest of the pieces that were read. */
interface DigestedText {
  readonly pieces: Iterable<string>;
  digest(): Digest;
}

/** Computes the digest of a text while somebody else reads it, so that the text is never in memory as a whole. */
export function digestPieces(text: string | Iterable<string>): DigestedText {
  const hash = createHash("sha256");
  const read = function* (): Generator<string> {
    for (const piece of typeof text === "string" ? [text] : text) {
      hash.update(piece);
      yield piece;
    }
  };
  return { pieces: read(), digest: () => `sha256:${hash.copy().digest("hex")}` };
}
