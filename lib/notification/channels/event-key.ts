import { createHash } from "node:crypto";
import type { Delivery, ToldEntry } from "./delivery-port.ts";

/**
 * Names what a message tells, 64 hex digits: derived from the ids and openings of its findings, from what is told of each and by which
 * run. The same message has it again, whoever repeats it; another event, and another reminder, has another.
 */
export function deriveEventKey(told: readonly ToldEntry[], delivery: Delivery): string {
  const events = told.map(({ entry, finding }) => [entry.kind, entry.findingId, finding?.openedAt ?? null, entry.run]);
  // Told once a day.
  const broken = delivery.broken.map(({ channel, since }) => ["broken", channel, since, delivery.run.slice(0, "YYYY-MM-DD".length)]);
  const parts = [...events, ...broken].map((part) => JSON.stringify(part)).toSorted();
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
