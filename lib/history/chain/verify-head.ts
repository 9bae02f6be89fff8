import type { KeyObject } from "node:crypto";
import type { ChainedRun, ChainFault } from "./chained-runs.ts";
import { isSignedBy, type HeadSignature } from "./head-signature.ts";
import type { ChainHead } from "./run-link.ts";

/**
 * What is wrong with the signatures of a chain: each must be by the key and over the run that is at its place, and the head must have one.
 * A chain that was made anew, by whoever may write the history, has other hashes than those that were signed.
 */
export function findWrongSignatures(
  chained: readonly ChainedRun[],
  head: ChainHead | null,
  signatures: readonly HeadSignature[],
  key: KeyObject,
): ChainFault[] {
  const hashes = new Map(chained.map(({ link }) => [link.position, link.hash]));
  const faults = signatures.flatMap((signature): ChainFault[] => {
    const { run, position, hash } = signature;
    if (!isSignedBy(signature, key)) return [{ run, kind: "changed", detail: "the signature over its hash is not one by this key" }];
    if (hashes.get(position) !== hash) return [{ run, kind: "changed", detail: "another hash was signed when it was closed" }];
    return [];
  });
  const isHeadSigned = head !== null && signatures.some(({ position, hash }) => position === head.position && hash === head.hash);
  if (head !== null && !isHeadSigned)
    faults.push({ run: head.run, kind: "missing", detail: "it was closed last, and there is no signature over its hash" });
  return faults;
}
