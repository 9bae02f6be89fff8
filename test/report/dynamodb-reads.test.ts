import { describe, expect, it } from "vitest";
import { streamCsv } from "../../lib/scheduled-reports/stream-csv.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { readPeriod } from "../../lib/report/report-period.ts";
import { HAS_DYNAMODB, startDynamodb } from "../history/dynamodb-server.ts";
import { tapWire } from "../history/dynamodb-wire.ts";
import { generateHistory } from "./generated-history.ts";

const REPOSITORIES = 5;
/** With the repository that is not watched for a while, and without. */
const WATCH_LISTS = 2;
const period = readPeriod({ month: "2026-08" }, Date.parse("2026-11-21T12:00:00Z"));

describe.skipIf(!HAS_DYNAMODB)("the report of a month from DynamoDB", () => {
  const server = startDynamodb();

  it("asks by keys alone: once each for runs, findings, tellings, every repository and watch list", async () => {
    const table = await server.createTable();
    const { actions } = generateHistory({ seed: 11, nights: 17, repositories: REPOSITORIES, first: 8, growth: 0.7 });
    for (const { act } of actions) await act(server.open(table));
    const client = server.connect();
    const wire = tapWire(client);
    const store = server.open(table, { client });
    const report = buildReport(await loadRecordedHistory(store, { until: "2026-08-31T23:59:59Z" }), period);
    expect(report.summary.releases).toBeGreaterThan(40);
    const queries = Array.from({ length: 4 + REPOSITORIES + WATCH_LISTS }, () => "Query");
    // The schema, once a store. Runs have two partitions: by number and, from before there were numbers, by name.
    expect(wire.asked).toEqual(["GetItem", ...queries]);
    const { pieces } = await streamCsv(store, period);
    await Array.fromAsync(pieces);
    expect(wire.asked).toEqual(["GetItem", ...queries, ...queries]);
    await server.dropTable(table);
  });
});
