import type { OutboxEntry } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";

/** Short, because whoever died with a claim holds up the telling for so long; renewed while a send is under way. */
export const CLAIM_MILLISECONDS = 30_000;

/** The outbox entries that one delivery may send. */
export interface OutboxClaims {
  /** Those of the entries that nobody else is sending. */
  take(entries: readonly OutboxEntry[]): Promise<OutboxEntry[]>;
  /** Holds on to what was taken and not sent yet. */
  renew(): Promise<void>;
  /** A channel took it. */
  markSent(id: string): Promise<void>;
  /** Gives back what no channel took: the next run need not wait until the claim ends. */
  releaseUnsent(): Promise<void>;
}

/**
 * Claims for one delivery; both clocks read epoch milliseconds. An entry is sent at the time that the run is in; claims end by the time of
 * day, which is the same for whoever started the run a moment sooner or later.
 */
export function openClaims(store: HistoryStore, { clock, wallClock }: { clock: () => number; wallClock: () => number }): OutboxClaims {
  const held = new Map<string, string>();
  const now = (): string => new Date(wallClock()).toISOString();
  const end = (): string => new Date(wallClock() + CLAIM_MILLISECONDS).toISOString();
  return {
    async take(entries) {
      const claimed: OutboxEntry[] = [];
      for (const entry of entries) {
        const until = end();
        if (!(await store.claimOutbox(entry.id, { now: now(), until }))) continue;
        held.set(entry.id, until);
        claimed.push(entry);
      }
      return claimed;
    },
    async renew() {
      // Claimed once more, as at the end of the own claim: somebody else's later claim stays.
      for (const [id, until] of held) {
        const next = end();
        if (await store.claimOutbox(id, { now: until, until: next })) held.set(id, next);
      }
    },
    async markSent(id) {
      await store.markSent(id, new Date(clock()).toISOString());
      held.delete(id);
    },
    async releaseUnsent() {
      for (const [id, until] of held) await store.claimOutbox(id, { now: until, until: now() });
      held.clear();
    },
  };
}
