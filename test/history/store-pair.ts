import { afterEach, beforeEach, expect } from "vitest";
import type { HistoryStore } from "../../lib/history/store.ts";

/** A history that can be opened more than once, as by two processes. */
export interface TemporaryHistory {
  open(): HistoryStore;
  remove(): Promise<void>;
}

/** One history, opened twice. */
export interface StorePair {
  store: HistoryStore;
  other: HistoryStore;
}

/** Opens a new history twice before each test of the surrounding block, closes both afterwards and removes it. */
export function openStorePair(create: () => TemporaryHistory | Promise<TemporaryHistory>): StorePair {
  const history: { current?: TemporaryHistory } = {};
  const pair: Partial<StorePair> = {};
  beforeEach(async () => {
    history.current = await create();
    pair.store = history.current.open();
    pair.other = history.current.open();
  });
  afterEach(async () => {
    await pair.store?.close();
    await pair.other?.close();
    await history.current?.remove();
  });
  return pair as StorePair;
}

/** What a lost condition looks like. */
export const CONFLICT: unknown = expect.objectContaining({ code: "history-conflict", retryable: true });
