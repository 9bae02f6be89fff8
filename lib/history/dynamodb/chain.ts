import { readHead } from "../stored/damaged-record.ts";
import { ABSENT, type Action } from "./action.ts";
import { listRepositories } from "./covered-entries.ts";
import { formatJsonText, formatNumber, readText } from "./item.ts";
import { CHAIN_HEAD_KEY, CHAIN_PARTITION, SIGNATURE_PREFIX, signatureKey } from "./keys.ts";
import type { HeadSignature } from "../chain/head-signature.ts";
import type { HistoryTable } from "./table.ts";
import type { ChainHead } from "../chain/run-link.ts";
import type { ChainStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";

/** The chain of closed runs in DynamoDB. */
export function openChain(table: HistoryTable): Unwrapped<ChainStore> {
  return {
    chainHead: () => loadChainHead(table),
    repositories: () => listRepositories(table),
    saveHeadSignature: async (signature) => {
      await table.write({ kind: "put", key: signatureKey(signature.position), attributes: { signature: formatJsonText(signature) } });
    },
    headSignatures: () => {
      const items = table.query(CHAIN_PARTITION, { beginsWith: SIGNATURE_PREFIX });
      return Array.fromAsync(items, (item): HeadSignature => JSON.parse(readText(item, "signature")));
    },
  };
}

export async function loadChainHead(table: HistoryTable): Promise<ChainHead | null> {
  const item = await table.get(CHAIN_HEAD_KEY);
  return item === null ? null : readHead(readText(item, "head"));
}

/** Returns the lowest position that has a signature, or null. */
export async function findFirstSigned(table: HistoryTable): Promise<number | null> {
  const items = table.query(CHAIN_PARTITION, { beginsWith: SIGNATURE_PREFIX, limit: 1 });
  for await (const item of items) return Number(readText(item, "sk").slice(SIGNATURE_PREFIX.length));
  return null;
}

/** Writes the new head, on condition that the head that was read is still the current one. */
export function formatHead(head: ChainHead, before: ChainHead | null): Action {
  const attributes = { position: formatNumber(head.position), head: formatJsonText(head) };
  if (before === null) return { kind: "put", key: CHAIN_HEAD_KEY, attributes, onlyIf: ABSENT };
  const values = { ":before": formatNumber(before.position) };
  return { kind: "put", key: CHAIN_HEAD_KEY, attributes, onlyIf: "#position = :before", values };
}
