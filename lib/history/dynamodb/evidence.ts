import { matchesDigest, type Digest } from "../../oci/digest.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { damagedEvidence } from "../stored/damaged-record.ts";
import { hasChunks, loadChunks, saveChunks } from "./chunks.ts";
import { evidencePartition } from "./keys.ts";
import type { HistoryTable } from "./table.ts";
import type { EvidenceStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

const SIDE_BY_SIDE = 8;

/** Evidence of a history in DynamoDB: bytes in chunks, each once under its digest. */
export function openEvidence(table: HistoryTable): Unwrapped<EvidenceStore> {
  return { saveEvidence: (evidence) => saveEvidence(table, evidence), loadEvidence: (digest) => loadEvidence(table, digest) };
}

/** Keeps bytes under their digests. Asking whether they are there costs a twentieth of writing them again. */
export async function saveEvidence(table: HistoryTable, evidence: ReadonlyMap<Digest, Uint8Array>): Promise<void> {
  for (const [digest, bytes] of evidence) {
    if (!matchesDigest(bytes, digest))
      throw new SealwatchError("internal", `save evidence ${digest}: the bytes are not the ones that it names`);
  }
  await workSideBySide(evidence, SIDE_BY_SIDE, async ([digest, bytes]) => {
    const partition = evidencePartition(digest);
    if (!(await hasChunks(table, partition))) await saveChunks(table, partition, bytes);
  });
}

/** Returns the bytes that the digest names, or null if they were never kept, or not completely. */
async function loadEvidence(table: HistoryTable, digest: Digest): Promise<Uint8Array | null> {
  const bytes = await loadChunks(table, evidencePartition(digest));
  if (bytes !== null && !matchesDigest(bytes, digest)) throw damagedEvidence(digest);
  return bytes;
}
