import type { RunRecord } from "../history/run-record.ts";
import type { RunStore } from "../history/store.ts";

interface RunRequest {
  /** Epoch milliseconds. */
  readonly now: number;
  /** True if somebody named the time (`--now`, a schedule): the run is that time's and no other. */
  readonly scheduled: boolean;
  readonly partial: boolean;
}

const NIGHT_MILLISECONDS = 12 * 3600 * 1000;
const RECENT_RUNS = 8;

/**
 * Opens the run of a scheduled time, or resumes one (step 1). With a schedule it returns the run of that time, open or closed. Without one
 * it goes on with tonight's open run, or opens a new one. It abandons the open runs of other nights; what they recorded is concluded all
 * the same.
 */
export async function openRun(store: RunStore, { now, scheduled, partial }: RunRequest): Promise<RunRecord> {
  const recent = await store.runs({ limit: RECENT_RUNS });
  const open = recent.filter((run) => run.status === "open");
  const resumable = scheduled ? undefined : open.find((run) => run.partial === partial && isTonight(run, now));
  for (const run of open) {
    if (!isTonight(run, now) && Date.parse(run.id) < now) await store.abandonRun(run.id);
  }
  if (resumable !== undefined) return resumable;

  const startedAt = new Date(now).toISOString();
  for (let at = now; ; at += 1000) {
    const record = await store.openRun({ id: runIdOf(at), startedAt, partial });
    // Two starts in the same second are two runs, unless they were asked to be one.
    if (scheduled || record.status === "open") return record;
  }
}

/** Returns the name of a run: its scheduled time in UTC, in seconds. */
export function runIdOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Reports whether a run may still be worked for at a time (epoch milliseconds). A night is over after twelve hours. */
export function isTonight(run: Pick<RunRecord, "id">, now: number): boolean {
  return Math.abs(now - Date.parse(run.id)) < NIGHT_MILLISECONDS;
}
