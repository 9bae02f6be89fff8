import type { RunRecord } from "../run-record.ts";
import type { RunId } from "../state.ts";
import type { RunStore } from "../store.ts";

const PAGE = 100;

/** Reads all runs, newest first and page by page. */
export async function* readRunsBackwards(store: Pick<RunStore, "runs">): AsyncGenerator<RunRecord> {
  for (let end: RunId | undefined; ;) {
    const page = await store.runs({ limit: PAGE, ...(end !== undefined && { before: end }) });
    yield* page;
    end = page.at(-1)?.id;
    if (end === undefined || page.length < PAGE) return;
  }
}
