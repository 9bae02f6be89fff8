import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { streamCsv } from "../../lib/scheduled-reports/stream-csv.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatCsv } from "../../lib/report/format-csv.ts";
import { endOf, formatInstant, readPeriod } from "../../lib/report/report-period.ts";
import { generateHistory } from "../report/generated-history.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

describe("the CSV of a history that is read as it is written", () => {
  let store: HistoryStore;
  beforeAll(async () => {
    store = openSqliteHistory(":memory:");
    const options = { seed: 9, nights: 40, repositories: 8, first: 30, growth: 1.3 };
    for (const { act } of generateHistory(options).actions) await act(store);
  });
  afterAll(() => store.close());

  it.each([{ month: "2026-09" }, { month: "2026-09", asOf: "2026-09-10T02:10:00Z" }, { from: "2026-08-20", to: "2026-08-20" }])(
    "is the one of the whole report, with its first sentence: %j",
    async (options) => {
      const period = readPeriod(options, NOW);
      const report = buildReport(await loadRecordedHistory(store, { until: formatInstant(endOf(period) - 1) }), period);
      const { pieces, sentence } = await streamCsv(store, period);
      expect((await Array.fromAsync(pieces)).join("")).toBe([...formatCsv(report)].join(""));
      expect(sentence()).toBe(report.sentence);
    },
  );

  it("holds one repository at a time, however many there are", async () => {
    const read: string[] = [];
    const watched: HistoryStore = { ...store, observations: (name, options) => (read.push(name), store.observations(name, options)) };
    const { pieces } = await streamCsv(watched, readPeriod({ month: "2026-09" }, NOW));
    for await (const piece of pieces) expect(piece.split(",")[0]).toBe(read.at(-1) ?? "repository");
    expect(read).toHaveLength(8);
  });
});
