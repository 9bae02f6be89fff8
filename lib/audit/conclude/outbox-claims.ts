import type { OutboxEntry } from "../../history/state.ts";
import type { OutboxStore } from "../../history/store.ts";
import { workSideBySide } from "../../history/stored/work-side-by-side.ts";

/** Short, because whoever died with a claim holds up the telling for so long; renewed while a send is under way. */
export const CLAIM_MILLISECONDS = 30_000;

/** A storm leaves thousands, and a function has a quarter of an hour. */
const SIDE_BY_SIDE = 16;

/** The outbox entries that one delivery may send. */
export interface OutboxClaims {
  /** Those of the entries that nobody else is sending. */
  take(entries: readonly OutboxEntry[]): Promise<OutboxEntry[]>;
  /** Holds on to what was taken and not sent yet. */
  renew(): Promise<void>;
  /** A channel took them. */
  markSent(ids: readonly string[]): Promise<void>;
  /** Gives back what no channel took: the next run need not wait until the claim ends. */
  releaseUnsent(): Promise<void>;
}

/**
 * Claims for one delivery; both clocks read epoch milliseconds. An entry is sent at the time that the run is in; claims end by the time of
 * day, which is the same for whoever started the run a moment sooner or later.
 */
export function openClaims(store: OutboxStore, { clock, wallClock }: { clock: () => number; wallClock: () => number }): OutboxClaims {
  const held = new Map<string, string>();
  const now = (): string => new Date(wallClock()).toISOString();
  const end = (): string => new Date(wallClock() + CLAIM_MILLISECONDS).toISOString();
  return {
    async take(entries) {
      const claimed = new Set<OutboxEntry>();
      await workSideBySide(entries, SIDE_BY_SIDE, async (entry) => {
        const until = end();
        if (!(await store.claimOutbox(entry.id, { now: now(), until }))) return;
        held.set(entry.id, until);
        claimed.add(entry);
      });
      return entries.filter((entry) => claimed.has(entry));
    },
    async renew() {
      // Claimed once more, as at the end of the own claim: somebody else's later claim stays.
      await workSideBySide([...held], SIDE_BY_SIDE, async ([id, until]) => {
        const next = end();
        // Sent meanwhile, it is held no more.
        if (held.get(id) === until && (await store.claimOutbox(id, { now: until, until: next })) && held.has(id)) held.set(id, next);
      });
    },
    async markSent(ids) {
      await workSideBySide(ids, SIDE_BY_SIDE, async (id) => {
        await store.markSent(id, new Date(clock()).toISOString());
        held.delete(id);
      });
    },
    async releaseUnsent() {
      await workSideBySide([...held], SIDE_BY_SIDE, async ([id, until]) => {
        await store.claimOutbox(id, { now: until, until: now() });
      });
      held.clear();
    },
  };
}
