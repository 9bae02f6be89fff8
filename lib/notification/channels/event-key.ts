import { createHash } from "node:crypto";
import type { Delivery, ToldEntry } from "./delivery-port.ts";

/**
 * Derives a key (64 hex digits) from the events of a message: kind and run of each entry, id and opening of its finding. A repeated message
 * has the same key, whoever sends it; another event or another reminder has a different one.
 */
export function deriveEventKey(told: readonly ToldEntry[], delivery: Delivery): string {
  const events = told.map(({ entry, finding }) => [entry.kind, entry.findingId, finding?.openedAt ?? null, entry.run]);
  // Broken channels are announced once a day.
  const broken = delivery.broken.map(({ channel, since }) => ["broken", channel, since, delivery.run.slice(0, "YYYY-MM-DD".length)]);
  const parts = [...events, ...broken].map((part) => JSON.stringify(part)).toSorted();
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
