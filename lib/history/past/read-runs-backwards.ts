import type { RunRecord } from "../run-record.ts";
import type { RunId } from "../state.ts";
import type { RunStore } from "../store.ts";

const PAGE = 100;

/** Reads the runs before a run, or all of them, newest first and page by page. */
export async function* readRunsBackwards(store: RunStore, before?: RunId): AsyncGenerator<RunRecord> {
  for (let end = before; ;) {
    const page = await store.runs({ limit: PAGE, ...(end !== undefined && { before: end }) });
    yield* page;
    end = page.at(-1)?.id;
    if (end === undefined || page.length < PAGE) return;
  }
}
