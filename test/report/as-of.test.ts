import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatCsv } from "../../lib/report/format-csv.ts";
import { formatReportJson } from "../../lib/report/format-report-json.ts";
import { endOf, formatInstant, readPeriod, type ReportPeriod } from "../../lib/report/report-period.ts";
import { HAS_DYNAMODB, startDynamodb } from "../history/dynamodb-server.ts";
import { createChance } from "./chance.ts";
import { FIRST_NIGHT, generateHistory, type GeneratedHistory } from "./generated-history.ts";

const DAY = 86_400_000;
const NIGHTS = 45;
const LATER = Date.parse("2027-11-21T12:00:00Z");

/** In all formats that need no page: the bytes that somebody would get. */
async function write(store: HistoryStore, period: ReportPeriod): Promise<string> {
  const report = buildReport(await loadRecordedHistory(store, { until: formatInstant(endOf(period) - 1) }), period);
  return [...formatReportJson(report), ...formatCsv(report)].join("");
}

/** Half of the instants lie in the first hour of a night, while its run is at work. */
function chooseInstants(count: number): number[] {
  const chance = createChance(30);
  const instants = Array.from({ length: count }, (_, at) => {
    const night = FIRST_NIGHT + (1 + chance.below(NIGHTS - 1)) * DAY;
    return night + chance.below(at % 2 === 0 ? 86_400 : 2400) * 1000;
  });
  return instants.toSorted((left, right) => left - right);
}

/** Everything up to each instant is written, former the report of that moment; and all of them once more at the very end: both, by instant. */
async function writeThenAndLater(store: HistoryStore, history: GeneratedHistory, instants: readonly number[]) {
  const former: string[] = [];
  let next = 0;
  for (const now of instants) {
    for (; next < history.actions.length && history.actions[next]!.at <= now; next++) await history.actions[next]!.act(store);
    former.push(await write(store, readPeriod({ from: "2026-08-10" }, now)));
  }
  for (const { act } of history.actions.slice(next)) await act(store);
  const later: string[] = [];
  for (const now of instants) {
    const to = new Date(now).toISOString().slice(0, 10);
    later.push(await write(store, readPeriod({ from: "2026-08-10", to, asOf: formatInstant(now) }, LATER)));
  }
  return { former, later };
}

describe("a report as of a past time", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "sealwatch-report-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it("is the report that was made then, at thirty instants, some of them while a run was at work", async () => {
    const history = generateHistory({ seed: 3, nights: NIGHTS, repositories: 12, first: 20, growth: 1.2 });
    const store = openSqliteHistory(join(directory, "history.db"));
    const { former, later } = await writeThenAndLater(store, history, chooseInstants(30));
    await store.close();
    expect(new Set(former).size).toBe(30);
    for (const [at, text] of later.entries()) expect(text).toBe(former[at]);
  });

  it("of a past day is told as of its end", async () => {
    const [day, end] = ["2026-10-31", "2026-10-31T23:59:59Z"].map((asOf) => readPeriod({ month: "2026-10", asOf }, LATER));
    expect(day).toEqual(end);
  });
});

describe.skipIf(!HAS_DYNAMODB)("a report from DynamoDB", () => {
  const server = startDynamodb();

  it("as of a past time is the one made then, and the one from SQLite", async () => {
    const options = { seed: 5, nights: 20, repositories: 4, first: 6, growth: 1.2 };
    const table = await server.createTable();
    const [dynamodb, sqlite] = [server.open(table), openSqliteHistory(":memory:")];
    const instants = chooseInstants(60).filter((at) => at < FIRST_NIGHT + 20 * DAY);
    const { former, later } = await writeThenAndLater(dynamodb, generateHistory(options), instants.slice(0, 6));
    expect(later).toEqual(former);
    for (const { act } of generateHistory(options).actions) await act(sqlite);
    const period = readPeriod({ month: "2026-08" }, LATER);
    expect(await write(dynamodb, period)).toBe(await write(sqlite, period));
    await server.dropTable(table);
  });
});
