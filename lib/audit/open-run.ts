import type { RunRecord } from "../history/run-record.ts";
import { isSameNight } from "../history/same-night.ts";
import type { RunStore } from "../history/store.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";

interface RunRequest {
  /** Epoch milliseconds. */
  readonly now: number;
  /** True if somebody named the time (`--now`, a schedule): the run is that time's and no other. */
  readonly scheduled: boolean;
  /** Reads the time of day of this machine, epoch milliseconds. */
  readonly wallClock: () => number;
  readonly partial: boolean;
}

const RECENT_RUNS = 8;
const RUNS_LOOKED_AT = 1000;
/** Clocks of machines that are set by the network differ by less. */
const AHEAD_MILLISECONDS = 5 * 60_000;

/**
 * Opens the run of a scheduled time, or resumes one (step 1). With a schedule it returns the run of that time, open or closed. Without one
 * it goes on with tonight's open run, or opens a new one. It abandons the open runs of other nights; what they recorded is concluded all
 * the same.
 *
 * A named time must not be ahead of the time of day, unless all runs of the history are (a replay), and not before the newest closed run:
 * that would fill in a night afterwards, or change what a report of the past says. A run that is ahead of the time of day forbids nothing:
 * it was a mistake. Throws SealwatchError `usage` for such a time.
 */
export async function openRun(store: RunStore, { now, scheduled, partial, wallClock }: RunRequest): Promise<RunRecord> {
  const recent = await listRecent(store);
  const today = wallClock();
  // A closed run answers with what it recorded. Any other would record something of a time that is over.
  if (scheduled && (await store.loadRun(runIdOf(now)))?.status !== "closed") demandTime(recent, now, today);
  const open = recent.filter((run) => run.status === "open");
  const resumable = scheduled
    ? undefined
    : open.find((run) => run.partial === partial && isTonight(run, now) && !isAhead(Date.parse(run.id), now));
  for (const run of open) {
    if (!isTonight(run, now)) await store.abandonRun(run.id);
  }
  if (resumable !== undefined) return resumable;

  const startedAt = new Date(now).toISOString();
  for (let at = now; ; at += 1000) {
    const record = await store.openRun({ id: runIdOf(at), startedAt, partial });
    // Two starts in the same second are two runs, unless they were asked to be one.
    if (scheduled || record.status === "open") return record;
  }
}

/** Returns the newest runs, up to and with one that was closed: whoever breaks off audits must not make the last one forgotten. */
async function listRecent(store: RunStore): Promise<RunRecord[]> {
  const recent = await store.runs({ limit: RECENT_RUNS });
  while (recent.length > 0 && recent.length < RUNS_LOOKED_AT && recent.every(({ status }) => status !== "closed")) {
    const older = await store.runs({ limit: RECENT_RUNS, before: recent.at(-1)!.id });
    if (older.length === 0) break;
    recent.push(...older);
  }
  return recent;
}

function demandTime(recent: readonly RunRecord[], now: number, today: number): void {
  const isReplay = isAhead(now, today);
  if (isReplay && recent.some(({ id }) => !isAhead(Date.parse(id), today))) {
    const found = `the time ${runIdOf(now)} is still to come (it is ${runIdOf(today)})`;
    throw new SealwatchError("usage", `audit: ${found}; name a time that has come, or another history for a replay`);
  }
  const later = recent.find(
    ({ id, status }) => status === "closed" && Date.parse(id) > now && (isReplay || !isAhead(Date.parse(id), today)),
  );
  if (later === undefined) return;
  const found = `the time ${runIdOf(now)} is before the newest run, that of ${later.id}`;
  throw new SealwatchError("usage", `audit: ${found}; the past stays as it was recorded: name a later time, or none`);
}

function isAhead(time: number, today: number): boolean {
  return time > today + AHEAD_MILLISECONDS;
}

/** Returns the name of a run: its scheduled time in UTC, in seconds. */
export function runIdOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Reports whether a run may still be worked for at a time (epoch milliseconds). A night is over after twelve hours. */
export function isTonight(run: Pick<RunRecord, "id">, now: number): boolean {
  return isSameNight(now, Date.parse(run.id));
}
