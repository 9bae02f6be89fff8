import type { KeyObject } from "node:crypto";
import type { ChainedRun, ChainFault } from "./chained-runs.ts";
import { isSignedBy, type HeadSignature } from "./head-signature.ts";
import type { ChainHead } from "./run-link.ts";

/** The head of a chain as somebody noted it outside of the history. */
export interface NotedHead {
  readonly position: number;
  readonly run: string;
  readonly hash: string;
}

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

/** Finds the runs before the last one whose signature is gone, by the position from which on the newest link says that heads are signed. */
export function findMissingSignatures(chained: readonly ChainedRun[], signatures: readonly HeadSignature[]): ChainFault[] {
  const from = chained.at(-1)?.link.signedFrom ?? Infinity;
  const signed = new Set(signatures.map(({ position }) => position));
  return chained
    .slice(0, -1)
    .filter(({ link }) => link.position >= from && !signed.has(link.position))
    .map(({ id }): ChainFault => ({ run: id, kind: "missing", detail: "the signature over its hash is gone" }));
}

/** Compares the chain with a head that somebody noted: it must still hold that run at that position, whatever was closed since. */
export function compareNotedHead(chained: readonly ChainedRun[], { position, run, hash }: NotedHead): ChainFault[] {
  const there = chained.find(({ link }) => link.position === position);
  const end = chained.at(-1)?.link.position ?? 0;
  if (there === undefined && position > end)
    return [
      { run, kind: "missing", detail: `the head at hand is the ${position}th run, and the chain ends with the ${end}th: its end is gone` },
    ];
  if (there === undefined) return [{ run, kind: "missing", detail: "it is gone: the head at hand names it" }];
  return there.link.hash === hash ? [] : [{ run: there.id, kind: "changed", detail: `the head at hand says that its hash was ${hash}` }];
}
