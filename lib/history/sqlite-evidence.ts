import type { DatabaseSync } from "node:sqlite";
import { matchesDigest, type Digest } from "../oci/digest.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import { readBytes } from "./sqlite-row.ts";

/** Evidence of a SQLite history: bytes, once under their digest. */
export interface SqliteEvidence {
  saveEvidence(digest: Digest, bytes: Uint8Array): void;
  loadEvidence(digest: Digest): Uint8Array | null;
}

export function openEvidence(database: DatabaseSync): SqliteEvidence {
  const insert = database.prepare("INSERT OR IGNORE INTO evidence VALUES (?, ?)");
  const select = database.prepare("SELECT bytes FROM evidence WHERE digest = ?");
  return {
    saveEvidence: (digest, bytes) => {
      if (!matchesDigest(bytes, digest))
        throw new SealwatchError("internal", `save evidence ${digest}: the bytes are not the ones that it names`);
      insert.run(digest, bytes);
    },
    loadEvidence: (digest) => {
      const row = select.get(digest);
      return row === undefined ? null : readBytes(row, "bytes");
    },
  };
}
