import { compareChanges } from "../change-id.ts";
import { readObservation, readRecordedChange } from "../stored/damaged-record.ts";
import { PRESENT } from "./action.ts";
import { readText, type Item } from "./item.ts";
import { changesPartition, observationsPartition, PARTITION, pendingListKey, splitOrder } from "./keys.ts";
import type { HistoryTable } from "./table.ts";
import type { Change } from "../state.ts";
import type { PastStore, PendingStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

const SIDE_BY_SIDE = 16;

/** Changes and observations of a history in DynamoDB. */
export function openChanges(table: HistoryTable): Unwrapped<PendingStore & PastStore> {
  return {
    pendingChanges: async () => (await Array.fromAsync(table.query(PARTITION.pending), readChange)).toSorted(compareChanges),
    // Each by itself: holding one twice changes nothing, so a repetition holds what a crash left out.
    holdChanges: (changes) =>
      workSideBySide(changes, SIDE_BY_SIDE, async (change) => {
        const values = { ":held": { BOOL: true } };
        await table.write({ kind: "update", key: pendingListKey(change), update: "SET #held = :held", onlyIf: PRESENT, values });
      }),
    heldChanges: async () => {
      const held = new Set<string>();
      for await (const item of table.query(PARTITION.pending)) if (item["held"]?.BOOL === true) held.add(readChange(item).id);
      return held;
    },
    changes: async (name) => {
      const read = (item: Item): Change => readRecordedChange(readText(item, "change"), splitOrder(readText(item, "sk")).run);
      return (await Array.fromAsync(table.query(changesPartition(name)), read)).toSorted(compareChanges);
    },
    async *observations(name, { until }) {
      for await (const item of table.query(observationsPartition(name))) {
        const { run, rest: tag } = splitOrder(readText(item, "sk"));
        if (until === undefined || run <= until) yield readObservation(readText(item, "observation"), run, tag);
      }
    },
  };
}

function readChange(item: Item): Change {
  return JSON.parse(readText(item, "change"));
}
