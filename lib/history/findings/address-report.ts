import type { Channel } from "../../watchlist/watch-list.ts";
import { newEntry, selectChannels } from "./address-entries.ts";
import { deriveFindingId } from "../change-id.ts";
import type { Change, OutboxEntry } from "../state.ts";

/**
 * Returns one entry for each channel that is told of a scheduled report. A channel that `notify` names is told whatever else it hears. The
 * channels that hear notices are told if `notify` contains null, or a name that no channel has any more; if no channel hears notices, such
 * a name makes it a report for all channels.
 */
export function addressReport(change: Change, channels: readonly Channel[]): OutboxEntry[] {
  const notify = change.facts.report?.notify ?? [];
  const named = channels.filter(({ name }) => notify.includes(name));
  const isNameGone = notify.some((name) => name !== null && !channels.some((channel) => channel.name === name));
  const hearing = notify.includes(null) || isNameGone ? selectChannels(channels, change) : [];
  const chosen = new Set([...named, ...hearing]);
  const told = chosen.size === 0 && isNameGone ? channels : channels.filter((channel) => chosen.has(channel));
  const about = deriveFindingId(change.id);
  return told.map(({ name }) => newEntry("report", change, about, name, change));
}
