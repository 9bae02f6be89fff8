import type { Channel, Severity } from "../../watchlist/watch-list.ts";
import type { Change, ChangeFacts, OutboxEntry } from "../state.ts";

/** Alert outranks warning outranks notice: a channel gets its own severity and what outranks it. */
const RANK: Readonly<Record<Severity, number>> = { alert: 2, warning: 1, notice: 0 };

/** The channels that are told: severe enough for the channel, and of its owner where it has one. */
export function selectChannels(
  channels: readonly Channel[],
  about: { readonly severity: Severity; readonly facts: Pick<ChangeFacts, "owner"> },
): Channel[] {
  return channels.filter(
    (channel) => RANK[about.severity] >= RANK[channel.severity] && (channel.owner === null || channel.owner === about.facts.owner),
  );
}

/** One unsent entry a channel that is told of what a change does to a finding. */
export function addressEntries(
  kind: OutboxEntry["kind"],
  change: Pick<Change, "id" | "run">,
  about: { readonly id: string; readonly severity: Severity; readonly facts: Pick<ChangeFacts, "owner"> },
  channels: readonly Channel[],
  summary: Change | null = null,
): OutboxEntry[] {
  return selectChannels(channels, about).map(({ name }) => newEntry(kind, change, about.id, name, summary));
}

/** The unsent entry of one channel; its id derives from the change and what it is about. */
export function newEntry(
  kind: OutboxEntry["kind"],
  change: Pick<Change, "id" | "run">,
  about: string,
  channel: string,
  summary: Change | null,
): OutboxEntry {
  return { id: `${change.id}/${about}/${channel}`, channel, run: change.run, findingId: about, kind, summary, sentAt: null };
}
