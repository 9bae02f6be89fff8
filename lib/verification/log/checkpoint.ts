import { verify } from "node:crypto";
import { CHECKPOINT_LIMIT_CHARACTERS, LIMIT_CHECKPOINTS_KEPT } from "../limits.ts";
import { KeptResults } from "../kept-results.ts";
import type { LogAuthority } from "../trust/trust-material.ts";

/** What a log signed: how large its tree was, and the hash at its top. */
interface Checkpoint {
  readonly size: bigint;
  readonly rootHash: Buffer;
}

/** `— <name> <base64 of 4 bytes that name the key, and the signature>` (https://github.com/C2SP/C2SP/blob/main/signed-note.md). */
const SIGNATURE_LINE = /^\u2014 (?<name>\S+) (?<signature>[A-Za-z0-9+/]+={0,2})$/;
const SIGNATURES_LIMIT = 32;
const SIZE = /^(?:0|[1-9]\d{0,18})$/;
const ROOT_HASH_BYTES = 32;

/** One checkpoint covers many entries of a batch, so each is verified once. */
const VERIFIED = new WeakMap<LogAuthority, KeptResults<Checkpoint>>();

/**
 * Reads a checkpoint (https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md) that the log signed, or null.
 *
 * The signature line must bear the name in the first line of the text; cosignatures of witnesses are passed over. The name is not compared
 * with the log's URL: private logs sign with the name of the server that they run on.
 */
export function readCheckpoint(envelope: string, log: LogAuthority): Checkpoint | null {
  const kept = VERIFIED.get(log) ?? new KeptResults<Checkpoint>(LIMIT_CHECKPOINTS_KEPT);
  VERIFIED.set(log, kept);
  return kept.get(envelope) ?? kept.keep(envelope, verifyCheckpoint(envelope, log));
}

function verifyCheckpoint(envelope: string, log: LogAuthority): Checkpoint | null {
  if (envelope.length > CHECKPOINT_LIMIT_CHARACTERS) return null;
  const end = envelope.indexOf("\n\n");
  if (end < 0) return null;
  const note = envelope.slice(0, end + 1);
  const [origin = "", size = "", rootHash = ""] = note.split("\n");
  const name = origin.split(" ")[0]!;
  const lines = envelope
    .slice(end + 2)
    .split("\n")
    .slice(0, SIGNATURES_LIMIT);
  const checkpoint = { size: SIZE.test(size) ? BigInt(size) : -1n, rootHash: Buffer.from(rootHash, "base64") };
  if (checkpoint.size < 0n || checkpoint.rootHash.length !== ROOT_HASH_BYTES) return null;
  return lines.some((line) => isSignedByLog(line, name, note, log)) ? checkpoint : null;
}

function isSignedByLog(line: string, name: string, note: string, { keyId, checkpointKeyId, publicKey }: LogAuthority): boolean {
  const groups = SIGNATURE_LINE.exec(line)?.groups;
  if (groups?.["name"] !== name) return false;
  const bytes = Buffer.from(groups["signature"]!, "base64");
  const hint = bytes.subarray(0, 4);
  if (!hint.equals(keyId.subarray(0, 4)) && !hint.equals(checkpointKeyId.subarray(0, 4))) return false;
  const algorithm = publicKey.asymmetricKeyType === "ed25519" ? null : "sha256";
  try {
    return verify(algorithm, Buffer.from(note), publicKey, bytes.subarray(4));
  } catch {
    return false;
  }
}
