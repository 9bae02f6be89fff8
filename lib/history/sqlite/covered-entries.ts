import type { DatabaseSync } from "node:sqlite";
import { entryOfChange, entryOfFinding, entryOfObservation, entryOfRun, entryOfState, type ChainEntry } from "../chain/chain-entry.ts";
import type { LinkSpan } from "../chain/link-span.ts";
import { readObservation, readRecordedChange } from "../stored/damaged-record.ts";
import { readFinding, readRun, readState } from "./read-rows.ts";
import { readInteger, readText } from "./row.ts";

/**
 * Returns a function that finds everything that a link covers, by the numbers of the runs that wrote it. It reads ranges of indexes, so that
 * a night in which nothing changed reads next to nothing.
 */
export function prepareCollection(database: DatabaseSync): (span: LinkSpan) => ChainEntry[] {
  const numbersOf = (table: string): (() => number[]) => {
    const select = database.prepare(distinct(table, "number"));
    return () => select.all().map((row) => readInteger(row, "value"));
  };
  const tagNumbers = numbersOf("tag_state");
  const repositoryNumbers = numbersOf("repository_state");
  const findingNumbers = numbersOf("finding");
  const selectTags = database.prepare("SELECT repository, tag, version, number, state FROM tag_state WHERE number = ?");
  const selectRepositories = database.prepare("SELECT repository, version, number, state FROM repository_state WHERE number = ?");
  const selectFindings = database.prepare("SELECT id, version, finding FROM finding WHERE number = ?");
  const selectNumbers = database.prepare("SELECT id, number FROM run");
  const selectRun = database.prepare("SELECT * FROM run WHERE id = ? AND link IS NULL AND status <> 'open'");
  const selectObservationRuns = database.prepare(distinct("observation", "run", "repository = ?1"));
  const selectObservations = database.prepare("SELECT run, tag, observation FROM observation WHERE repository = ? AND run = ?");
  const selectChangeRuns = database.prepare(distinct("change", "run", "repository = ?1"));
  const selectChanges = database.prepare("SELECT run, change FROM change WHERE repository = ? AND run = ?");
  const selectPending = database.prepare("SELECT run, change FROM pending_change");
  return (span) => {
    const numbers = new Map(selectNumbers.all().map((row) => [readText(row, "id"), readInteger(row, "number")]));
    const isCovered = (run: string): boolean => span.covers(numbers.get(run) ?? 0);
    const due = (all: () => number[]): number[] => all().filter((number) => span.covers(number));
    const runsOf = (select: typeof selectChangeRuns, repository: string): string[] =>
      select
        .all(repository)
        .map((row) => readText(row, "value"))
        .filter(isCovered);
    const readChange = (row: Parameters<typeof readText>[0]): ChainEntry =>
      entryOfChange(readRecordedChange(readText(row, "change"), readText(row, "run")));
    return [
      ...[...numbers]
        .filter(([, number]) => span.covers(number))
        .flatMap(([id]) => selectRun.all(id).map((row) => entryOfRun(readRun(row)))),
      ...due(tagNumbers).flatMap((number) =>
        selectTags.all(number).map((row) => entryOfState(readText(row, "repository"), readText(row, "tag"), readState(row, []))),
      ),
      ...due(repositoryNumbers).flatMap((number) =>
        selectRepositories.all(number).map((row) => entryOfState(readText(row, "repository"), null, readState(row, []))),
      ),
      ...due(findingNumbers).flatMap((number) => selectFindings.all(number).map((row) => entryOfFinding(readFinding(row)))),
      ...listRepositories(database, "observation").flatMap((repository) =>
        runsOf(selectObservationRuns, repository).flatMap((run) =>
          selectObservations
            .all(repository, run)
            .map((row) => entryOfObservation(repository, readObservation(readText(row, "observation"), run, readText(row, "tag")))),
        ),
      ),
      ...listRepositories(database, "change").flatMap((repository) =>
        runsOf(selectChangeRuns, repository).flatMap((run) => selectChanges.all(repository, run).map(readChange)),
      ),
      ...selectPending
        .all()
        .filter((row) => isCovered(readText(row, "run")))
        .map(readChange),
    ];
  };
}

/** Returns the repositories that a table names. The index leads from one to the next, however many rows each has. */
export function listRepositories(database: DatabaseSync, table: string): string[] {
  return database
    .prepare(distinct(table, "repository"))
    .all()
    .map((row) => readText(row, "value"));
}

/** Returns a query for the values of an indexed column, which jumps from one value to the next. */
export function distinct(table: string, column: string, where = "TRUE"): string {
  const next = (more: string): string => `(SELECT min(${column}) FROM ${table} WHERE ${where} AND ${more})`;
  return `WITH RECURSIVE found (value) AS (SELECT ${next("TRUE")} UNION ALL SELECT ${next(`${column} > value`)} FROM found WHERE value IS NOT NULL)
    SELECT value FROM found WHERE value IS NOT NULL`;
}
