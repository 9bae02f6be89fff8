import type { Coverage, RunRecord, RunRef } from "../history/run-record.ts";
import type { RunStore } from "../history/store.ts";
import type { RecalledRun } from "./audit-ports.ts";

/** Counts only runs over all of the watch list, so that runs over a part of it do not shorten how far a run looks back. */
const FULL_RUNS_LOOKED_BACK = 60;
const PAGES_LOOKED_BACK = 10;

/** Reads what the earlier runs saw. */
export async function recallRuns(record: RunRef, now: number, store: RunStore): Promise<RecalledRun> {
  const listed = new Map<string, string>();
  const covered = new Map<string, Coverage>();
  const whole = new Map<string, { readonly run: string; readonly coverage: Coverage }>();
  for (const { id, coverage } of await earlierRuns(record.id, store)) {
    for (const seen of coverage) {
      if (seen.listed && seen.expected === seen.releases && !whole.has(seen.repository))
        whole.set(seen.repository, { run: id, coverage: seen });
      if (seen.listed && !listed.has(seen.repository)) listed.set(seen.repository, id);
      if (!covered.has(seen.repository)) covered.set(seen.repository, seen);
    }
  }
  return {
    id: record.id,
    number: record.number,
    now,
    checkedAt: new Date(now).toISOString(),
    lastListed: (name) => listed.get(name) ?? null,
    lastWhole: (name) => whole.get(name) ?? null,
    lastCoverage: (name) => covered.get(name) ?? null,
  };
}

async function earlierRuns(before: string, store: RunStore): Promise<RunRecord[]> {
  const earlier: RunRecord[] = [];
  for (let page = 0; page < PAGES_LOOKED_BACK; page++) {
    const more = await store.runs({ limit: FULL_RUNS_LOOKED_BACK, before: earlier.at(-1)?.id ?? before });
    earlier.push(...more);
    const full = earlier.filter(({ partial }) => !partial).length;
    if (more.length < FULL_RUNS_LOOKED_BACK || full >= FULL_RUNS_LOOKED_BACK) break;
  }
  return earlier;
}
