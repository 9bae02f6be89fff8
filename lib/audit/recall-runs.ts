import type { Coverage, RunRecord } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";
import type { Run } from "./audit-ports.ts";

const RUNS_LOOKED_BACK = 60;

/** A run with what it knows of the ones before it. */
export async function recallRuns(
  record: Pick<RunRecord, "id">,
  now: number,
  store: HistoryStore,
): Promise<Omit<Run, "signatureRepository">> {
  const earlier = await store.runs({ limit: RUNS_LOOKED_BACK, before: record.id });
  const listed = new Map<string, string>();
  const covered = new Map<string, Coverage>();
  for (const { id, coverage } of earlier) {
    for (const seen of coverage) {
      if (seen.listed && !listed.has(seen.repository)) listed.set(seen.repository, id);
      if (!covered.has(seen.repository)) covered.set(seen.repository, seen);
    }
  }
  return {
    id: record.id,
    now,
    checkedAt: new Date(now).toISOString(),
    lastListed: (name) => listed.get(name) ?? null,
    lastCoverage: (name) => covered.get(name) ?? null,
  };
}
