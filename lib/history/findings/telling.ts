import type { OutboxEntry } from "../state.ts";

/** A channel took what was addressed to it. Tellings are appended, and never changed. */
export interface Telling {
  readonly findingId: string;
  readonly channel: string;
  readonly kind: "opened" | "recovered" | "reminder";
  /** ISO time. */
  readonly sentAt: string;
}

/** Returns what a sent entry told of a finding; null for a summary, which is about no finding. */
export function readTelling({ findingId, channel, kind }: OutboxEntry, sentAt: string): Telling | null {
  if (kind === "baseline" || kind === "storm" || kind === "report") return null;
  return { findingId, channel, kind, sentAt };
}
