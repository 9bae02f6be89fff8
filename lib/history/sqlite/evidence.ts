import type { DatabaseSync } from "node:sqlite";
import { matchesDigest } from "../../oci/digest.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { damagedEvidence } from "../stored/damaged-record.ts";
import type { EvidenceStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { inTransaction } from "./transaction.ts";
import { readBytes } from "./row.ts";

/** Evidence of a SQLite history: bytes, each once under its digest. */
export function openEvidence(database: DatabaseSync): Unwrapped<EvidenceStore> {
  const insert = database.prepare("INSERT OR IGNORE INTO evidence VALUES (?, ?)");
  const select = database.prepare("SELECT bytes FROM evidence WHERE digest = ?");
  return {
    saveEvidence: (evidence) => {
      for (const [digest, bytes] of evidence) {
        if (!matchesDigest(bytes, digest))
          throw new SealwatchError("internal", `save evidence ${digest}: the bytes are not the ones that it names`);
      }
      const missing = [...evidence].filter(([digest]) => select.get(digest) === undefined);
      if (missing.length === 0) return;
      inTransaction(database, () => {
        for (const [digest, bytes] of missing) insert.run(digest, bytes);
      });
    },
    loadEvidence: (digest) => {
      const row = select.get(digest);
      if (row === undefined) return null;
      const bytes = readBytes(row, "bytes");
      if (!matchesDigest(bytes, digest)) throw damagedEvidence(digest);
      return bytes;
    },
  };
}
