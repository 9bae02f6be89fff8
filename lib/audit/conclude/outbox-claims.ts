import type { OutboxEntry } from "../../history/state.ts";
import type { OutboxStore } from "../../history/store.ts";
import { workSideBySide } from "../../history/stored/work-side-by-side.ts";

/** It is short, because a process that dies with a claim delays the messages for so long. It is renewed while a message is sent. */
export const CLAIM_MILLISECONDS = 30_000;

/** A storm leaves thousands of entries, and a function has a quarter of an hour. */
const SIDE_BY_SIDE = 16;

/** The outbox entries that one delivery may send. */
export interface OutboxClaims {
  /** Claims entries, and returns those that nobody else is sending. */
  take(entries: readonly OutboxEntry[]): Promise<OutboxEntry[]>;
  /** Renews the claims on entries that are not sent yet. */
  renew(): Promise<void>;
  /** Marks entries that a channel took. */
  markSent(ids: readonly string[]): Promise<void>;
  /** Releases the entries that no channel took, so that the next run need not wait until the claim ends. */
  releaseUnsent(): Promise<void>;
}

/**
 * Opens the claims of one delivery. Entries are marked sent at the time of the run (`clock`). Claims end by the time of day (`wallClock`),
 * which is the same for two processes that started the run at different moments. Both are epoch milliseconds.
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
      // It is claimed again as of the end of our own claim, so that somebody else's later claim stays.
      await workSideBySide([...held], SIDE_BY_SIDE, async ([id, until]) => {
        const next = end();
        // It is not ours any more if it was sent in the meantime.
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
