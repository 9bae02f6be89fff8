import { NO_FACTS } from "../../history/no-facts.ts";
import { newChange } from "../../history/new-change.ts";
import type { RunRef } from "../../history/run-record.ts";
import { WATCH_LIST_NAME, type Change, type ChangeFacts, type RunId } from "../../history/state.ts";
import type { EvidenceStore, StateStore } from "../../history/store.ts";
import { isDefinitive } from "../../history/verdict.ts";
import { NEW_REPOSITORY } from "../../history/new-repository.ts";
import { updateRepository } from "../../history/update-repository.ts";
import type { SecondVerdicts } from "./reading.ts";
import type { Storm } from "./storm.ts";

/**
 * Records a summary of each storm with the state of the watch list. A repeated run repeats its id. If a newer run has recorded that state,
 * the releases are told without a summary.
 */
export async function recordStorms(
  storms: readonly Storm[],
  verdicts: SecondVerdicts,
  run: RunRef,
  store: StateStore & EvidenceStore,
): Promise<void> {
  const pending = storms.map((storm) => summarise(storm, verdicts, run.id));
  await updateRepository(store, WATCH_LIST_NAME, run, ({ repository }) => {
    return { repository: { ...(repository ?? NEW_REPOSITORY), run: run.id, pending }, tags: [] };
  });
}

function summarise({ about, of, changes }: Storm, verdicts: SecondVerdicts, run: RunId): Change {
  const storm = { about, of, total: changes.length, ...count(changes, verdicts) };
  const facts: ChangeFacts = {
    explanation: "many releases turned worse in one run, and were read again",
    ...NO_FACTS,
    storm,
  };
  return newChange({ repository: WATCH_LIST_NAME, kind: "storm", cause: null, run, about, facts });
}

function count(changes: readonly Change[], verdicts: SecondVerdicts): { real: number; recovered: number; unread: number } {
  const counts = { real: 0, recovered: 0, unread: 0 };
  for (const { repository, tag } of changes) {
    const verdict = verdicts(repository, tag ?? "");
    if (verdict === "signed") counts.recovered++;
    else if (verdict !== undefined && isDefinitive(verdict)) counts.real++;
    else counts.unread++;
  }
  return counts;
}
