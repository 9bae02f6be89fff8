import type { DatabaseSync } from "node:sqlite";
import type { Digest } from "../../oci/digest.ts";
import { readHead, readLink } from "../stored/damaged-record.ts";
import { nextSpan } from "../chain/link-span.ts";
import { makeLink, type ChainHead, type ClosingRecord } from "../chain/run-link.ts";
import type { RunLink } from "../run-record.ts";
import { WATCH_LIST_NAME } from "../state.ts";
import type { ChainStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { listRepositories, prepareCollection } from "./covered-entries.ts";
import { readInteger, readNullableInteger, readNullableText, readText } from "./row.ts";

/** The chain of closed runs in a SQLite history. */
export function openChain(database: DatabaseSync): Unwrapped<ChainStore> {
  const writeSignature = database.prepare("INSERT OR REPLACE INTO chain_signature VALUES (?, ?)");
  const selectSignatures = database.prepare("SELECT signature FROM chain_signature ORDER BY position");
  return {
    chainHead: prepareHead(database),
    repositories: () => [
      WATCH_LIST_NAME,
      ...["repository_state", "tag_state", "observation", "change", "pending_change"].flatMap((table) => listRepositories(database, table)),
    ],
    saveHeadSignature: (signature) => void writeSignature.run(signature.position, JSON.stringify(signature)),
    headSignatures: () => selectSignatures.all().map((row) => JSON.parse(readText(row, "signature"))),
  };
}

/** Makes the next link, over everything that was written since the last one, in the transaction that closes the run. */
export function prepareLink(database: DatabaseSync): (record: ClosingRecord, document: Digest, signs: boolean) => RunLink {
  const selectHead = prepareHead(database);
  const selectLink = database.prepare("SELECT link FROM run WHERE id = ?");
  const selectOpen = database.prepare("SELECT number FROM run WHERE status = 'open'");
  const firstSigned = database.prepare("SELECT min(position) AS position FROM chain_signature");
  const writeHead = database.prepare("INSERT OR REPLACE INTO chain_head VALUES (1, ?)");
  const insertEvidence = database.prepare("INSERT OR IGNORE INTO evidence VALUES (?, ?)");
  const collect = prepareCollection(database);
  return (record, document, signs) => {
    const head = selectHead();
    const row = head === null ? undefined : selectLink.get(head.run);
    const linkText = row === undefined ? null : readNullableText(row, "link");
    // Not what the head says of it, which no hash covers.
    const last = head === null || linkText === null ? null : readLink(linkText, head.run);
    const span = nextSpan(
      last,
      record.number,
      selectOpen.all().map((open) => readInteger(open, "number")),
    );
    const signedFrom =
      last?.signedFrom ?? readNullableInteger(firstSigned.get()!, "position") ?? (signs ? (head?.position ?? 0) + 1 : null);
    const made = makeLink(record, { document, span, entries: collect(span), head, signedFrom });
    if (made.roll !== null) insertEvidence.run(made.roll.digest, made.roll.bytes);
    writeHead.run(JSON.stringify(made.head));
    return made.link;
  };
}

function prepareHead(database: DatabaseSync): () => ChainHead | null {
  const select = database.prepare("SELECT head FROM chain_head");
  return () => {
    const row = select.get();
    return row === undefined ? null : readHead(readText(row, "head"));
  };
}
