import { digestOf, type Digest } from "../../oci/digest.ts";
import type { ChainEntry } from "./chain-entry.ts";
import { packText, unpackText } from "../stored/pack-text.ts";

/**
 * The list of all entries that a link of the chain covers: one line for each, sorted by name. It is kept as evidence under the digest in
 * the link, so that each entry can be verified by itself, whatever is appended for the same run later.
 */
export interface ChainRoll {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** Returns the roll, or null if nothing was appended: an unchanged night keeps nothing. */
export function formatRoll(entries: readonly ChainEntry[]): ChainRoll | null {
  if (entries.length === 0) return null;
  const lines = entries.map(({ name, hash }) => `${name} ${hash}`).toSorted();
  const bytes = packText(lines.join("\n"));
  return { digest: digestOf(bytes), bytes };
}

/** The inverse of {@link formatRoll}, for bytes that match the digest. */
export function parseRoll(bytes: Uint8Array): ChainEntry[] {
  return unpackText(bytes)
    .split("\n")
    .map((line) => ({ name: line.slice(0, line.lastIndexOf(" ")), hash: line.slice(line.lastIndexOf(" ") + 1) }));
}
