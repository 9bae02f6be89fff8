import { readHead } from "../stored/damaged-record.ts";
import type { ChainEntry } from "../chain/chain-entry.ts";
import { parseRoll } from "../chain/chain-roll.ts";
import { ABSENT, type Action } from "./action.ts";
import { loadEvidence } from "./evidence.ts";
import { formatJsonText, formatNumber, formatText, readText } from "./item.ts";
import { CHAIN_HEAD_KEY, CHAIN_PARTITION, SIGNATURE_PREFIX, signatureKey, unchainedKey, UNCHAINED_PARTITIONS } from "./keys.ts";
import type { HeadSignature } from "../chain/head-signature.ts";
import { TRANSACTION_LIMIT_ACTIONS, type HistoryTable } from "./table.ts";
import type { ChainHead } from "../chain/run-link.ts";
import type { ChainStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

const SIDE_BY_SIDE = 16;

/** The chain of closed runs in DynamoDB. */
export function openChain(table: HistoryTable): Unwrapped<ChainStore> {
  return {
    chainHead: () => loadChainHead(table),
    unchained: async () => {
      const { uncovered } = await loadUncovered(table, await loadChainHead(table));
      return new Map(uncovered.map(({ name, hash }) => [name, hash]));
    },
    saveHeadSignature: async (signature) => {
      await table.write({ kind: "put", key: signatureKey(signature.position), attributes: { signature: formatJsonText(signature) } });
    },
    headSignatures: () => {
      const items = table.query(CHAIN_PARTITION, { beginsWith: SIGNATURE_PREFIX });
      return Array.fromAsync(items, (item): HeadSignature => JSON.parse(readText(item, "signature")));
    },
  };
}

/** Marks an appended entry as not yet covered by a link, in the transaction that appends it. */
export function formatMark(entry: ChainEntry): Action {
  return { kind: "put", key: unchainedKey(entry), attributes: { hash: formatText(entry.hash) } };
}

export async function loadChainHead(table: HistoryTable): Promise<ChainHead | null> {
  const item = await table.get(CHAIN_HEAD_KEY);
  return item === null ? null : readHead(readText(item, "head"));
}

/** Writes the new head, on condition that the head that was read is still the current one. */
export function formatHead(head: ChainHead, before: ChainHead | null): Action {
  const attributes = { position: formatNumber(head.position), head: formatJsonText(head) };
  if (before === null) return { kind: "put", key: CHAIN_HEAD_KEY, attributes, onlyIf: ABSENT };
  const values = { ":before": formatNumber(before.position) };
  return { kind: "put", key: CHAIN_HEAD_KEY, attributes, onlyIf: "#position = :before", values };
}

/** Loads the entries with a mark. A crash may have left marks on entries that the last link covers: see {@link loadUncovered}. */
async function loadMarks(table: HistoryTable): Promise<ChainEntry[]> {
  const found: ChainEntry[] = [];
  await workSideBySide(UNCHAINED_PARTITIONS, SIDE_BY_SIDE, async (partition) => {
    for await (const item of table.query(partition)) found.push({ name: readText(item, "sk"), hash: readText(item, "hash") });
  });
  return found;
}

/**
 * Splits the entries with a mark into those that no link covers, and those that a crash left. Whoever makes a link clears its marks
 * afterwards, and clears those that are left before making the next link; so only entries of the last link can be left.
 */
export async function loadUncovered(table: HistoryTable, head: ChainHead | null): Promise<{ left: ChainEntry[]; uncovered: ChainEntry[] }> {
  const marked = await loadMarks(table);
  const roll = marked.length === 0 || head === null || head.roll === null ? null : await loadEvidence(table, head.roll);
  const covered = new Map((roll === null ? [] : parseRoll(roll)).map(({ name, hash }) => [name, hash]));
  const { left = [], uncovered = [] } = Object.groupBy(marked, ({ name, hash }) => (covered.get(name) === hash ? "left" : "uncovered"));
  return { left, uncovered };
}

/** Clears the marks of these entries. An entry that was written again meanwhile keeps its new mark. */
export async function clearMarks(table: HistoryTable, entries: readonly ChainEntry[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(entries.length / TRANSACTION_LIMIT_ACTIONS) }, (_, at) =>
    entries.slice(at * TRANSACTION_LIMIT_ACTIONS, (at + 1) * TRANSACTION_LIMIT_ACTIONS),
  );
  await workSideBySide(batches, SIDE_BY_SIDE, async (batch) => {
    for (let waiting = batch; waiting.length > 0;) {
      const lost = new Set(await table.transact(waiting.map(formatClearing)));
      if (lost.size === 0) return;
      waiting = waiting.filter((_, at) => !lost.has(at));
    }
  });
}

function formatClearing(entry: ChainEntry): Action {
  return { kind: "delete", key: unchainedKey(entry), onlyIf: "#hash = :hash", values: { ":hash": formatText(entry.hash) } };
}
