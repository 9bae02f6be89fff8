import type { Channel } from "../../watchlist/watch-list.ts";
import { newEntry, selectChannels } from "./address-entries.ts";
import { deriveFindingId } from "../change-id.ts";
import type { Change, OutboxEntry } from "../state.ts";

/**
 * One entry a channel that is told of a scheduled report: those that `notify` names, whatever else they hear, and where it names none, those
 * that hear notices. A name that no channel has any more gives its part to the latter, and to everybody where nobody hears notices.
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
