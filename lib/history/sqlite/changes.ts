import type { DatabaseSync } from "node:sqlite";
import { compareChanges } from "../change-id.ts";
import { readObservation, readRecordedChange } from "../stored/damaged-record.ts";
import { distinct } from "./covered-entries.ts";
import { inTransaction } from "./transaction.ts";
import { readText, type Row } from "./row.ts";
import type { Change, Observation } from "../state.ts";
import type { PastStore, PendingStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";

/** Few enough observations to hold in memory, and enough to read them quickly. */
const PAGE = 1000;

/** Changes and observations of a SQLite history. */
export function openChanges(database: DatabaseSync): Unwrapped<PendingStore & PastStore> {
  const selectPending = database.prepare("SELECT change FROM pending_change ORDER BY rowid");
  const selectHeld = database.prepare("SELECT id FROM pending_change WHERE held = 1");
  const hold = database.prepare("UPDATE pending_change SET held = 1 WHERE id = ?");
  const selectChanges = database.prepare("SELECT run, change FROM change WHERE repository = ? ORDER BY rowid");
  const selectObservations = database.prepare(
    "SELECT run, tag, observation FROM observation WHERE repository = ?1 AND run = ?2 AND tag > ?3 ORDER BY tag LIMIT ?4",
  );
  const selectRuns = database.prepare(
    `SELECT value AS run FROM (${distinct("observation", "run", "repository = ?1")}) LEFT JOIN run ON run.id = value ORDER BY coalesce(number, 0), value`,
  );
  return {
    pendingChanges: () => selectPending.all().map(readChange).toSorted(compareChanges),
    holdChanges: (changes) =>
      inTransaction(database, () => {
        for (const { id } of changes) hold.run(id);
      }),
    heldChanges: () => new Set(selectHeld.all().map((row) => readText(row, "id"))),
    changes: (name) =>
      selectChanges
        .all(name)
        .map((row) => readRecordedChange(readText(row, "change"), readText(row, "run")))
        .toSorted(compareChanges),
    *observations(name, { until }) {
      for (const { run } of selectRuns.all(name).map((row) => ({ run: readText(row, "run") }))) {
        if (until !== undefined && run > until) continue;
        for (let tag: string | undefined = ""; tag !== undefined;) {
          const page: Observation[] = selectObservations
            .all(name, run, tag, PAGE)
            .map((row) => readObservation(readText(row, "observation"), run, readText(row, "tag")));
          yield* page;
          tag = page.at(-1)?.tag;
        }
      }
    },
  };
}

function readChange(row: Row): Change {
  return JSON.parse(readText(row, "change"));
}
