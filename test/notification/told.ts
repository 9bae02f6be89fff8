import type { Finding, OutboxEntry } from "../../lib/history/state.ts";
import type { Delivery, ToldEntry } from "../../lib/notification/channels/delivery-port.ts";
import { makeFinding } from "./make-finding.ts";

export const RUN = "2026-11-20T02:00:00Z";
export const DELIVERY: Delivery = { run: RUN, droppedChannels: [], broken: [] };

/** A finding on its way to a channel, as the outbox has it. */
export function tell(finding: Partial<Finding> = {}, entry: Partial<OutboxEntry> = {}): ToldEntry {
  const made = makeFinding(finding);
  const common = { id: `${made.id}/oncall`, channel: "oncall", run: made.openedAt, findingId: made.id, summary: null, sentAt: null };
  return { entry: { ...common, kind: "opened", ...entry }, finding: made };
}
