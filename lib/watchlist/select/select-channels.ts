import type { Channel, Severity } from "../watch-list.ts";

/** An alert outranks a warning, and a warning a notice: a channel hears its own severity and those that outrank it. */
const RANK: Readonly<Record<Severity, number>> = { alert: 2, warning: 1, notice: 0 };

/**
 * Returns the channels that are told of something: those that hear its severity and are for its owner, or for every owner. If the channels
 * that hear its severity are all for other owners, all of these are told: it is better that the wrong team hears it than that nobody does.
 */
export function selectChannels<C extends Channel>(channels: readonly C[], severity: Severity, owners: readonly (string | null)[]): C[] {
  const hearing = channels.filter((channel) => RANK[severity] >= RANK[channel.severity]);
  const own = hearing.filter(({ owner }) => owner === null || owners.includes(owner));
  return own.length > 0 ? own : hearing;
}

/** Reports whether something is told only because nobody else would hear it: every channel that hears its severity is for another owner. */
export function isOverheard(channels: readonly Channel[], severity: Severity, owner: string | null): boolean {
  const told = selectChannels(channels, severity, [owner]);
  return told.length > 0 && told.every((channel) => channel.owner !== null && channel.owner !== owner);
}
