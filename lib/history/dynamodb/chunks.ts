import { formatNumber, readBytes, readNumber, type Item } from "./item.ts";
import { chunkKey } from "./keys.ts";
import type { HistoryTable } from "./table.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

/** Below DynamoDB's 400 KB for an item with its keys and attribute names. */
const CHUNK_BYTES = 350 * 1024;
const SIDE_BY_SIDE = 8;

/**
 * Writes bytes as the chunks of one partition. The first chunk, which says how many there are, is written last: so a crash leaves no half
 * that could be taken for the whole, and if the first chunk exists, nothing need be written.
 */
export async function saveChunks(table: HistoryTable, partition: string, bytes: Uint8Array, attributes: Item = {}): Promise<void> {
  const count = Math.max(1, Math.ceil(bytes.byteLength / CHUNK_BYTES));
  const save = async (at: number): Promise<void> => {
    const part = { bytes: { B: bytes.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES) } };
    await table.write({ kind: "put", key: chunkKey(partition, at), attributes: { ...part, count: formatNumber(count), ...attributes } });
  };
  const others = Array.from({ length: count - 1 }, (_, at) => at + 1);
  await workSideBySide(others, SIDE_BY_SIDE, save);
  await save(0);
}

export async function hasChunks(table: HistoryTable, partition: string): Promise<boolean> {
  return (await table.get(chunkKey(partition, 0))) !== null;
}

/** Returns the bytes, or null if any chunk is missing. */
export async function loadChunks(table: HistoryTable, partition: string): Promise<Uint8Array | null> {
  const chunks: Item[] = await Array.fromAsync(table.query(partition));
  const [first] = chunks;
  // Without the first chunk, the chunks are numbered from 1 on, so there is one less than they say.
  if (first === undefined || chunks.length !== readNumber(first, "count")) return null;
  return new Uint8Array(Buffer.concat(chunks.map((chunk) => readBytes(chunk, "bytes"))));
}
