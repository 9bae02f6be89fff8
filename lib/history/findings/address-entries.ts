import type { Channel, Severity } from "../../watchlist/watch-list.ts";
import type { Change, ChangeFacts, OutboxEntry } from "../state.ts";

/** An alert outranks a warning, and a warning a notice: a channel hears its own severity and those that outrank it. */
const RANK: Readonly<Record<Severity, number>> = { alert: 2, warning: 1, notice: 0 };

/** Returns the channels that are told: the severity is enough for the channel and, if the channel has an owner, it is the owner's. */
export function selectChannels(
  channels: readonly Channel[],
  about: { readonly severity: Severity; readonly facts: Pick<ChangeFacts, "owner"> },
): Channel[] {
  return channels.filter(
    (channel) => RANK[about.severity] >= RANK[channel.severity] && (channel.owner === null || channel.owner === about.facts.owner),
  );
}

/** Returns one unsent entry for each channel that is told of what a change does to a finding. */
export function addressEntries(
  kind: OutboxEntry["kind"],
  change: Pick<Change, "id" | "run">,
  about: { readonly id: string; readonly severity: Severity; readonly facts: Pick<ChangeFacts, "owner"> },
  channels: readonly Channel[],
  summary: Change | null = null,
): OutboxEntry[] {
  return selectChannels(channels, about).map(({ name }) => newEntry(kind, change, about.id, name, summary));
}

/** Returns the unsent entry of one channel. Its id derives from the change and from what the entry is about. */
export function newEntry(
  kind: OutboxEntry["kind"],
  change: Pick<Change, "id" | "run">,
  about: string,
  channel: string,
  summary: Change | null,
): OutboxEntry {
  return { id: `${change.id}/${about}/${channel}`, channel, run: change.run, findingId: about, kind, summary, sentAt: null };
}
