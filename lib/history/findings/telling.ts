import type { OutboxEntry } from "../state.ts";

/** That a channel took what was addressed to it: appended, never changed. */
export interface Telling {
  readonly findingId: string;
  readonly channel: string;
  readonly kind: "opened" | "recovered" | "reminder";
  /** ISO time. */
  readonly sentAt: string;
}

/** What a sent entry told of a finding; null for a summary, which is about none. */
export function readTelling({ findingId, channel, kind }: OutboxEntry, sentAt: string): Telling | null {
  if (kind === "baseline" || kind === "storm" || kind === "report") return null;
  return { findingId, channel, kind, sentAt };
}
