import type { KeyObject } from "node:crypto";
import type { ChainedRun, ChainFault } from "./chained-runs.ts";
import { isSignedBy, type HeadSignature } from "./head-signature.ts";
import type { ChainHead } from "./run-link.ts";

/**
 * Finds the faults of a chain's signatures: each must be made by the key, over the run at its position, and the head must have one. If
 * somebody who may write the history makes the chain again, its hashes differ from the signed ones.
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
