import { verify, type KeyObject } from "node:crypto";
import type { Digest } from "../../oci/digest.ts";
import type { ChainHead } from "./run-link.ts";
import type { RunId } from "../state.ts";

/** A signature over the head of the chain as it was after a run was closed. By their hashes it covers all runs before it. */
export interface HeadSignature {
  readonly position: number;
  readonly run: RunId;
  readonly hash: Digest;
  /** ECDSA over SHA-256 of the statement, in DER and base64. */
  readonly signature: string;
}

/**
 * Returns the text that is signed, with a line feed at the end of each line. Anybody can verify it with `openssl dgst -sha256 -verify
 * public.pem -signature head.sig head.txt`.
 */
export function formatHeadStatement({ position, run, hash }: Pick<ChainHead, "position" | "run" | "hash">): string {
  return `sealwatch history\nposition ${position}\nrun ${run}\nhash ${hash}\n`;
}

/** Whether the key made this signature over the head that it names. */
export function isSignedBy(signature: HeadSignature, key: KeyObject): boolean {
  return verify("sha256", Buffer.from(formatHeadStatement(signature)), key, Buffer.from(signature.signature, "base64"));
}

/** The inverse of {@link formatHeadStatement}; null if the text is no such statement. */
export function parseHeadStatement(text: string): Pick<HeadSignature, "position" | "run" | "hash"> | null {
  const [, position, run, hash] = /^sealwatch history\nposition (\d{1,10})\nrun (\S+)\nhash (sha256:[0-9a-f]{64})\n?$/.exec(text) ?? [];
  return position === undefined ? null : { position: Number(position), run: run!, hash: hash as Digest };
}
