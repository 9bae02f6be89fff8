import type { OutboxEntry } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";
import { LONGEST_SEND_MS } from "../notification/limits.ts";

/**
 * A claim on an outbox entry outlasts the longest send, so that nobody else sends what is still on its way; whoever died with a claim
 * loses it, and the entry is sent again.
 */
const CLAIM_MILLISECONDS = LONGEST_SEND_MS + 60_000;

/** The outbox entries that one delivery may send. */
export interface OutboxClaims {
  /** Those of the entries that nobody else is sending. */
  take(entries: readonly OutboxEntry[]): Promise<OutboxEntry[]>;
  /** A channel took it. */
  markSent(id: string): Promise<void>;
  /** Gives back what no channel took: the next run need not wait until the claim ends. */
  releaseUnsent(): Promise<void>;
}

/** Claims for one delivery; `clock` reads the time, epoch milliseconds. */
export function openClaims(store: HistoryStore, clock: () => number): OutboxClaims {
  const held = new Map<string, string>();
  const now = (): string => new Date(clock()).toISOString();
  return {
    async take(entries) {
      const claimed: OutboxEntry[] = [];
      for (const entry of entries) {
        const until = new Date(clock() + CLAIM_MILLISECONDS).toISOString();
        if (!(await store.claimOutbox(entry.id, { now: now(), until }))) continue;
        held.set(entry.id, until);
        claimed.push(entry);
      }
      return claimed;
    },
    async markSent(id) {
      await store.markSent(id, now());
      held.delete(id);
    },
    async releaseUnsent() {
      // Claimed once more, as at the end of the own claim, and for no time: somebody else's later claim stays.
      for (const [id, until] of held) await store.claimOutbox(id, { now: until, until: now() });
    },
  };
}
