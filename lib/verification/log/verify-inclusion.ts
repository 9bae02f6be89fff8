import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { verifyMerkleInclusion } from "@sigstore/verify/dist/tlog/merkle.js";
import { verifyTLogSET } from "@sigstore/verify/dist/tlog/set.js";
import { PROOF_HASHES_LIMIT } from "../limits.ts";
import { includesTime, type LogAuthority } from "../trust/trust-material.ts";
import { readCheckpoint } from "./checkpoint.ts";

/** Proof that a log holds an entry. */
export interface Inclusion {
  readonly log: LogAuthority;
  readonly logIndex: number;
  /** Epoch milliseconds. Null if only the inclusion is proven, because the time in such an entry is not signed. */
  readonly integratedTime: number | null;
}

type InclusionVerdict =
  | { readonly kind: "included"; readonly inclusion: Inclusion }
  | { readonly kind: "unknown-log" }
  | { readonly kind: "refused"; readonly detail: string };

/**
 * Verifies that a known log holds the entry: by its promise (signed entry timestamp), by a proof up to a signed checkpoint, or both.
 * If one is there, it must verify. https://docs.sigstore.dev/logging/verify-release/
 */
export function verifyInclusion(entry: TransparencyLogEntry, logs: readonly LogAuthority[]): InclusionVerdict {
  const keyId = Buffer.from(entry.logId?.keyId ?? []);
  const known = logs.filter((log) => keyId.equals(log.keyId) || keyId.equals(log.checkpointKeyId));
  // A root may list a log again with another period.
  const verdicts = known.map((log) => verifyInLog(entry, log));
  return verdicts.find(({ kind }) => kind === "included") ?? verdicts[0] ?? { kind: "unknown-log" };
}

function verifyInLog(entry: TransparencyLogEntry, log: LogAuthority): InclusionVerdict {
  const logIndex = Number(entry.logIndex);
  const seconds = Number(entry.integratedTime);
  if (!Number.isSafeInteger(logIndex) || logIndex < 0) return refused("a log entry whose index is no number");
  if (!Number.isSafeInteger(seconds) || seconds < 0) return refused("a log entry whose time is no number of seconds");
  if (!entry.inclusionPromise && !entry.inclusionProof) return refused("a log entry without promise or proof of inclusion");
  const time = entry.inclusionPromise ? seconds * 1000 : null;
  if (time !== null) {
    if (!includesTime(log.validFor, time)) return refused(`a log entry from when the log ${log.name} was not valid`);
    if (!isPromised(entry, log)) return refused("a log entry whose signed entry timestamp (SET) does not verify");
  }
  const fault = entry.inclusionProof ? faultOfProof(entry, log) : null;
  if (fault !== null) return refused(fault);
  // Only the promise covers the index in the entire log. The proof has an index of its own, which may count from the start of a shard.
  const proven = time === null ? Number(entry.inclusionProof?.logIndex) : logIndex;
  return { kind: "included", inclusion: { log, logIndex: proven, integratedTime: time } };
}

function isPromised(entry: TransparencyLogEntry, { publicKey }: LogAuthority): boolean {
  const always = { start: new Date(0), end: new Date(8.64e15) };
  try {
    verifyTLogSET(entry as Parameters<typeof verifyTLogSET>[0], [
      { baseURL: "", logID: Buffer.from(entry.logId!.keyId), publicKey, validFor: always },
    ]);
    return true;
  } catch {
    return false;
  }
}

/** The library takes the size and root of the checkpoint for those of the proof. Here, the proof must say the same. */
function faultOfProof(entry: TransparencyLogEntry, log: LogAuthority): string | null {
  const { checkpoint: signed, hashes, rootHash, treeSize } = entry.inclusionProof!;
  const checkpoint = signed ? readCheckpoint(signed.envelope, log) : null;
  if (checkpoint === null) return `an inclusion proof without a checkpoint that the log ${log.name} signed`;
  if (hashes.length > PROOF_HASHES_LIMIT) return `an inclusion proof of ${hashes.length} hashes, past the limit of ${PROOF_HASHES_LIMIT}`;
  if (treeSize !== checkpoint.size.toString() || !checkpoint.rootHash.equals(rootHash))
    return "an inclusion proof for another tree than its checkpoint";
  try {
    verifyMerkleInclusion(entry as Parameters<typeof verifyMerkleInclusion>[0], {
      origin: "",
      logSize: checkpoint.size,
      logHash: checkpoint.rootHash,
      rest: [],
    });
    return null;
  } catch {
    return "an inclusion proof that does not lead from the entry to its checkpoint";
  }
}

function refused(detail: string): InclusionVerdict {
  return { kind: "refused", detail };
}
