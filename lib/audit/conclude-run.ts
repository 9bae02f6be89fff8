import type { Finding, OutboxEntry } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";
import type { Channel } from "../watchlist/watch-list.ts";

/** One channel's way out. Resolves when the channel took the message; rejects where it did not. */
export interface ChannelPort {
  readonly channel: Channel;
  send(entries: readonly ToldEntry[]): Promise<void>;
}

/** One thing to tell: the finding it is about, or the change that summarises a baseline. */
export interface ToldEntry {
  readonly entry: OutboxEntry;
  /** Null for summaries. */
  readonly finding: Finding | null;
}

/** A claim on an outbox entry lasts this long: whoever died with it loses it, and the entry is sent again. */
const CLAIM_SECONDS = 60;
/**
 * Step 10, second half: hands unsent entries to their channels, one message a channel. An entry is marked sent only after the channel
 * took it. A channel that fails keeps its entries and does not hold up the others; the failures are returned.
 */
export async function deliver(
  store: HistoryStore,
  ports: readonly ChannelPort[],
  now: number,
): Promise<{ channel: string; error: unknown }[]> {
  const waiting = await store.unsentOutbox();
  if (waiting.length === 0) return [];
  const oldest = waiting.reduce((first, { run }) => (run < first ? run : first), waiting[0]!.run);
  const findings = new Map((await store.findings({ live: false, closedSince: oldest })).map((finding) => [finding.id, finding]));
  const failures: { channel: string; error: unknown }[] = [];
  for (const port of ports) {
    const claimed: OutboxEntry[] = [];
    const claim = { now: new Date(now).toISOString(), until: new Date(now + CLAIM_SECONDS * 1000).toISOString() };
    for (const entry of waiting) {
      if (entry.channel === port.channel.name && (await store.claimOutbox(entry.id, claim))) claimed.push(entry);
    }
    if (claimed.length === 0) continue;
    try {
      await port.send(claimed.map((entry) => ({ entry, finding: findings.get(entry.findingId) ?? null })));
      for (const entry of claimed) await store.markSent(entry.id, claim.now);
    } catch (error) {
      failures.push({ channel: port.channel.name, error });
    }
  }
  return failures;
}
