import type { Channel, Severity } from "../watch-list.ts";
import { SEVERITY_RANK } from "./severity-rank.ts";

/**
 * Returns the channels that are told of something: those that hear its severity and are for its owner, or for every owner. A channel hears
 * its own severity and those that outrank it. If the channels that hear the severity are all for other owners, all of these are told: it is
 * better that the wrong team hears it than that nobody does.
 */
export function selectChannels<C extends Channel>(channels: readonly C[], severity: Severity, owners: readonly (string | null)[]): C[] {
  const hearing = channels.filter((channel) => SEVERITY_RANK[severity] >= SEVERITY_RANK[channel.severity]);
  const own = hearing.filter(({ owner }) => owner === null || owners.includes(owner));
  return own.length > 0 ? own : hearing;
}

/** Reports whether something is told only because nobody else would hear it: every channel that hears its severity is for another owner. */
export function isOverheard(channels: readonly Channel[], severity: Severity, owner: string | null): boolean {
  const told = selectChannels(channels, severity, [owner]);
  return told.length > 0 && told.every((channel) => channel.owner !== null && channel.owner !== owner);
}
