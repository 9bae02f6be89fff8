import type { DatabaseSync } from "node:sqlite";
import { readObservation, readRecordedChange } from "../stored/damaged-record.ts";
import { inTransaction } from "./transaction.ts";
import { readText, type Row } from "./row.ts";
import type { Change, Observation } from "../state.ts";
import type { PastStore, PendingStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";

/** Few enough observations to hold in memory, and enough to read them quickly. */
const PAGE = 1000;

/** Changes and observations of a SQLite history. */
export function openChanges(database: DatabaseSync): Unwrapped<PendingStore & PastStore> {
  const selectPending = database.prepare("SELECT change FROM pending_change ORDER BY run, rowid");
  const selectHeld = database.prepare("SELECT id FROM pending_change WHERE held = 1");
  const hold = database.prepare("UPDATE pending_change SET held = 1 WHERE id = ?");
  const selectChanges = database.prepare("SELECT run, change FROM change WHERE repository = ? ORDER BY run, rowid");
  const selectObservations = database.prepare(
    "SELECT run, tag, observation FROM observation WHERE repository = ?1 AND (run, tag) > (?2, ?3) AND (?4 IS NULL OR run <= ?4) ORDER BY run, tag LIMIT ?5",
  );
  return {
    pendingChanges: () => selectPending.all().map(readChange),
    holdChanges: (changes) =>
      inTransaction(database, () => {
        for (const { id } of changes) hold.run(id);
      }),
    heldChanges: () => new Set(selectHeld.all().map((row) => readText(row, "id"))),
    changes: (name) => selectChanges.all(name).map((row) => readRecordedChange(readText(row, "change"), readText(row, "run"))),
    *observations(name, { until = null }) {
      for (let after: Pick<Observation, "run" | "tag"> = { run: "", tag: "" }; ;) {
        const page = selectObservations
          .all(name, after.run, after.tag, until, PAGE)
          .map((row) => readObservation(readText(row, "observation"), readText(row, "run"), readText(row, "tag")));
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        after = last;
      }
    },
  };
}

function readChange(row: Row): Change {
  return JSON.parse(readText(row, "change"));
}
