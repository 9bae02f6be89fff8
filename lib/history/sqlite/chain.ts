import type { DatabaseSync } from "node:sqlite";
import type { Digest } from "../../oci/digest.ts";
import type { ChainEntry } from "../chain/chain-entry.ts";
import { readHead } from "../stored/damaged-record.ts";
import { makeLink, type ChainHead, type ClosingRecord } from "../chain/run-link.ts";
import type { RunLink } from "../run-record.ts";
import type { ChainStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { readText } from "./row.ts";

/** The chain of closed runs in a SQLite history. */
export function openChain(database: DatabaseSync): Unwrapped<ChainStore> {
  const writeSignature = database.prepare("INSERT OR REPLACE INTO chain_signature VALUES (?, ?)");
  const selectSignatures = database.prepare("SELECT signature FROM chain_signature ORDER BY position");
  const selectUnchained = prepareUnchained(database);
  return {
    chainHead: prepareHead(database),
    unchained: () => new Map(selectUnchained().map(({ name, hash }) => [name, hash])),
    saveHeadSignature: (signature) => void writeSignature.run(signature.position, JSON.stringify(signature)),
    headSignatures: () => selectSignatures.all().map((row) => JSON.parse(readText(row, "signature"))),
  };
}

/** Makes the next link, over everything that was appended since the last one, in the transaction that closes the run. */
export function prepareLink(database: DatabaseSync): (record: ClosingRecord, document: Digest) => RunLink {
  const [selectHead, selectUnchained] = [prepareHead(database), prepareUnchained(database)];
  const writeHead = database.prepare("INSERT OR REPLACE INTO chain_head VALUES (1, ?)");
  const clear = database.prepare("DELETE FROM unchained");
  const insertEvidence = database.prepare("INSERT OR IGNORE INTO evidence VALUES (?, ?)");
  return (record, document) => {
    const made = makeLink(record, document, selectUnchained(), selectHead());
    if (made.roll !== null) {
      insertEvidence.run(made.roll.digest, made.roll.bytes);
      clear.run();
    }
    writeHead.run(JSON.stringify(made.head));
    return made.link;
  };
}

/** Marks an appended entry as not yet covered by a link, in the transaction that appends it. */
export function prepareMark(database: DatabaseSync): (entry: ChainEntry) => void {
  const insert = database.prepare("INSERT OR REPLACE INTO unchained VALUES (?, ?)");
  return ({ name, hash }) => void insert.run(name, hash);
}

function prepareHead(database: DatabaseSync): () => ChainHead | null {
  const select = database.prepare("SELECT head FROM chain_head");
  return () => {
    const row = select.get();
    return row === undefined ? null : readHead(readText(row, "head"));
  };
}

function prepareUnchained(database: DatabaseSync): () => ChainEntry[] {
  const select = database.prepare("SELECT name, hash FROM unchained");
  return () => select.all().map((row) => ({ name: readText(row, "name"), hash: readText(row, "hash") }));
}
