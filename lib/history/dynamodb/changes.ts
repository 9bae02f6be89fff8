import { compareChanges } from "../change-id.ts";
import { readObservation, readRecordedChange } from "../stored/damaged-record.ts";
import { PRESENT } from "./action.ts";
import { readText, type Item } from "./item.ts";
import { afterRun, changesPartition, observationsPartition, PARTITION, pendingListKey } from "./keys.ts";
import type { HistoryTable } from "./table.ts";
import type { Change, Observation, RunId } from "../state.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

const SIDE_BY_SIDE = 16;

/** Every pending change there is, in the order of their runs; those of one tag in their own. */
export async function loadPendingChanges(table: HistoryTable): Promise<Change[]> {
  return (await Array.fromAsync(table.query(PARTITION.pending), readChange)).toSorted(compareChanges);
}

/** Marks each by itself: holding one twice changes nothing, so that what a crash left out is held by the repetition. */
export async function holdChanges(table: HistoryTable, changes: readonly Change[]): Promise<void> {
  await workSideBySide(changes, SIDE_BY_SIDE, async (change) => {
    const values = { ":held": { BOOL: true } };
    await table.write({ kind: "update", key: pendingListKey(change), update: "SET #held = :held", onlyIf: PRESENT, values });
  });
}

export async function loadHeldChanges(table: HistoryTable): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for await (const item of table.query(PARTITION.pending)) if (item["held"]?.BOOL === true) held.add(readChange(item).id);
  return held;
}

/** The concluded changes of a repository, in the order of their runs; those of one tag in their own. */
export async function loadChanges(table: HistoryTable, name: string): Promise<Change[]> {
  const read = (item: Item): Change => readRecordedChange(readText(item, "change"), splitKey(item)[0]);
  return (await Array.fromAsync(table.query(changesPartition(name)), read)).toSorted(compareChanges);
}

/** What was observed of a repository up to a run, page by page. */
export async function* loadObservations(table: HistoryTable, name: string, until: RunId | null): AsyncGenerator<Observation> {
  const range = until === null ? {} : { before: afterRun(until) };
  for await (const item of table.query(observationsPartition(name), range)) {
    const [run, tag] = splitKey(item);
    yield readObservation(readText(item, "observation"), run, tag);
  }
}

/** A run's id holds no `#`. */
function splitKey(item: Item): [run: RunId, rest: string] {
  const key = readText(item, "sk");
  const at = key.indexOf("#");
  return [key.slice(0, at), key.slice(at + 1)];
}

function readChange(item: Item): Change {
  return JSON.parse(readText(item, "change"));
}
