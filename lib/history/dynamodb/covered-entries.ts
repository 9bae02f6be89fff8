import { entryOfChange, entryOfFinding, entryOfObservation, entryOfRun, entryOfState, type ChainEntry } from "../chain/chain-entry.ts";
import type { LinkSpan } from "../chain/link-span.ts";
import type { RunLink, RunRecord } from "../run-record.ts";
import { WATCH_LIST_NAME } from "../state.ts";
import { readObservation, readRecordedChange } from "../stored/damaged-record.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";
import { readFinding } from "./findings.ts";
import { readOptionalNumber, readText, type Item } from "./item.ts";
import {
  changesPartition,
  numberPrefix,
  observationsPartition,
  PARTITION,
  repositoryPartition,
  REPOSITORY_PREFIX,
  splitOrder,
} from "./keys.ts";
import type { Range } from "./range.ts";
import { readState, tagOf } from "./states.ts";
import type { HistoryTable } from "./table.ts";

const SIDE_BY_SIDE = 16;

/** What a link follows. */
interface Collection {
  readonly span: LinkSpan;
  /** The last link, null if there is none, or if it is one of an older version: then everything is covered that is there. */
  readonly last: Pick<RunLink, "through" | "open"> | null;
  /** The runs that may have written something since, and have no link. */
  readonly runs: readonly RunRecord[];
  readonly repositories: Iterable<string>;
}

/**
 * Finds everything that a link covers, by the numbers of the runs that wrote it: three Queries for each repository and one for the findings.
 * Only what was written since the last link is transferred.
 */
export async function collectEntries(table: HistoryTable, { span, last, runs, repositories }: Collection): Promise<ChainEntry[]> {
  const entries: ChainEntry[] = runs.filter(({ number }) => span.covers(number)).map(entryOfRun);
  const through = last?.through;
  const numbered: Range = through === undefined ? {} : { numbered: { after: through, or: last?.open ?? [] } };
  const ranges: Range[] =
    through === undefined
      ? [{}]
      : [{ from: numberPrefix(through + 1) }, ...(last?.open ?? []).map((number) => ({ beginsWith: `${numberPrefix(number)}#` }))];
  const isCovered = (item: Item): boolean => span.covers(readOptionalNumber(item, "number") ?? 0);
  await workSideBySide(new Set(repositories), SIDE_BY_SIDE, async (name) => {
    for await (const item of table.query(repositoryPartition(name), numbered)) {
      if (!isCovered(item)) continue;
      const sk = readText(item, "sk");
      if (sk === REPOSITORY_PREFIX.state) entries.push(entryOfState(name, null, readState(item, null, [])));
      if (sk.startsWith(REPOSITORY_PREFIX.tag)) entries.push(entryOfState(name, tagOf(item), readState(item, tagOf(item), [])));
      if (sk.startsWith(REPOSITORY_PREFIX.pending)) {
        const change = readText(item, "change");
        entries.push(entryOfChange(readRecordedChange(change, runOfPending(sk))));
      }
    }
    for (const range of ranges) {
      for await (const item of table.query(observationsPartition(name), range)) {
        const key = readText(item, "sk");
        const { run, rest: tag } = splitOrder(key);
        if (span.covers(numberOf(key))) entries.push(entryOfObservation(name, readObservation(readText(item, "observation"), run, tag)));
      }
      for await (const item of table.query(changesPartition(name), range)) {
        const key = readText(item, "sk");
        if (span.covers(numberOf(key))) entries.push(entryOfChange(readRecordedChange(readText(item, "change"), splitOrder(key).run)));
      }
    }
  });
  for await (const item of table.query(PARTITION.findings, numbered)) if (isCovered(item)) entries.push(entryOfFinding(readFinding(item)));
  return entries;
}

/** Returns the repositories of which anything is recorded. Those of older versions are named by their runs. */
export async function listRepositories(table: HistoryTable): Promise<string[]> {
  return [WATCH_LIST_NAME, ...(await Array.fromAsync(table.query(PARTITION.repositories), (item) => readText(item, "sk")))];
}

function numberOf(key: string): number {
  return key.startsWith("N") ? Number(key.slice(1, key.indexOf("#"))) : 0;
}

function runOfPending(key: string): string {
  return key.slice(REPOSITORY_PREFIX.pending.length, key.indexOf("#", REPOSITORY_PREFIX.pending.length));
}
