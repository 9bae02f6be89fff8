import { selectChannels } from "../../watchlist/select/select-channels.ts";
import type { Channel, Severity } from "../../watchlist/watch-list.ts";
import { deriveFindingId } from "../change-id.ts";
import type { Change, ChangeFacts, OutboxEntry } from "../state.ts";

/** Returns one unsent entry for each channel that is told of what a change does to a finding. */
export function addressEntries(
  kind: OutboxEntry["kind"],
  change: Pick<Change, "id" | "run">,
  about: { readonly id: string; readonly severity: Severity; readonly facts: Pick<ChangeFacts, "owner"> },
  channels: readonly Channel[],
  summary: Change | null = null,
): OutboxEntry[] {
  return selectChannels(channels, about.severity, [about.facts.owner]).map(({ name }) => newEntry(kind, change, about.id, name, summary));
}

/**
 * Returns one entry for each channel that is told of a scheduled report. A channel that `notify` names is told whatever else it hears. The
 * channels that hear notices are told if `notify` contains null, or a name that no channel has any more; if no channel hears notices, such
 * a name makes it a report for all channels.
 */
export function addressReport(change: Change, channels: readonly Channel[]): OutboxEntry[] {
  const notify = change.facts.report?.notify ?? [];
  const named = channels.filter(({ name }) => notify.includes(name));
  const isNameGone = notify.some((name) => name !== null && !channels.some((channel) => channel.name === name));
  const hearing = notify.includes(null) || isNameGone ? selectChannels(channels, change.severity, [change.facts.owner]) : [];
  const chosen = new Set([...named, ...hearing]);
  const told = chosen.size === 0 && isNameGone ? channels : channels.filter((channel) => chosen.has(channel));
  const about = deriveFindingId(change.id);
  return told.map(({ name }) => newEntry("report", change, about, name, change));
}

/** Returns the unsent entry of one channel. Its id derives from the change and from what the entry is about. */
function newEntry(
  kind: OutboxEntry["kind"],
  change: Pick<Change, "id" | "run">,
  about: string,
  channel: string,
  summary: Change | null,
): OutboxEntry {
  return { id: `${change.id}/${about}/${channel}`, channel, run: change.run, findingId: about, kind, summary, sentAt: null };
}
