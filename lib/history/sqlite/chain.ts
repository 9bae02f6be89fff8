import type { DatabaseSync } from "node:sqlite";
import type { Digest } from "../../oci/digest.ts";
import type { ChainEntry } from "../chain/chain-entry.ts";
import { readHead } from "../stored/damaged-record.ts";
import type { HeadSignature } from "../chain/head-signature.ts";
import { makeLink, type ChainHead, type ClosingRecord } from "../chain/run-link.ts";
import type { RunLink } from "../run-record.ts";
import { readText } from "./row.ts";

/** The chain of closed runs in a SQLite history. */
interface SqliteChain {
  head(): ChainHead | null;
  unchained(): ChainEntry[];
  /** Makes the next link, over all that was appended since the last. Within the transaction that closes the run. */
  append(record: ClosingRecord, document: Digest): RunLink;
  saveSignature(signature: HeadSignature): void;
  signatures(): HeadSignature[];
}

export function openChain(database: DatabaseSync): SqliteChain {
  const selectHead = database.prepare("SELECT head FROM chain_head");
  const writeHead = database.prepare("INSERT OR REPLACE INTO chain_head VALUES (1, ?)");
  const select = database.prepare("SELECT name, hash FROM unchained");
  const clear = database.prepare("DELETE FROM unchained");
  const writeSignature = database.prepare("INSERT OR REPLACE INTO chain_signature VALUES (?, ?)");
  const selectSignatures = database.prepare("SELECT signature FROM chain_signature ORDER BY position");
  const insertEvidence = database.prepare("INSERT OR IGNORE INTO evidence VALUES (?, ?)");
  const head = (): ChainHead | null => {
    const row = selectHead.get();
    return row === undefined ? null : readHead(readText(row, "head"));
  };
  const unchained = (): ChainEntry[] => select.all().map((row) => ({ name: readText(row, "name"), hash: readText(row, "hash") }));
  return {
    head,
    unchained,
    saveSignature: (signature) => void writeSignature.run(signature.position, JSON.stringify(signature)),
    signatures: () => selectSignatures.all().map((row) => JSON.parse(readText(row, "signature"))),
    append: (record, document) => {
      const made = makeLink(record, document, unchained(), head());
      if (made.roll !== null) {
        insertEvidence.run(made.roll.digest, made.roll.bytes);
        clear.run();
      }
      writeHead.run(JSON.stringify(made.head));
      return made.link;
    },
  };
}

/** Marks what is appended as not yet covered by a link, in the transaction that appends it. */
export function prepareMark(database: DatabaseSync): (entry: ChainEntry) => void {
  const insert = database.prepare("INSERT OR REPLACE INTO unchained VALUES (?, ?)");
  return ({ name, hash }) => void insert.run(name, hash);
}
