import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { CAUSES } from "../../lib/history/cause.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatReportJson } from "../../lib/report/format-report-json.ts";
import { readPeriod } from "../../lib/report/report-period.ts";
import { factsOf, octoberReport } from "./hand-made.ts";
import { generateHistory } from "./generated-history.ts";

const schema = JSON.parse(readFileSync(new URL("../../lib/report/report.schema.json", import.meta.url), "utf8")) as Record<string, unknown>;
const validate = new Ajv({ allErrors: true, formats: { "date-time": true }, allowUnionTypes: true }).compile(schema);

describe("the schema of a report's JSON", () => {
  it("describes every field of a report on an eventful period, and no other", async () => {
    const store = openSqliteHistory(":memory:");
    for (const { act } of generateHistory({ seed: 9, nights: 40, repositories: 6, first: 10, growth: 1 }).actions) await act(store);
    const facts = await loadRecordedHistory(store, { until: "2026-09-30T23:59:59Z" });
    await store.close();
    const report = buildReport(facts, readPeriod({ from: "2026-08-10", to: "2026-09-30" }, Date.parse("2026-11-21T12:00:00Z")));
    expect(report.findings.length * report.scopeChanges.length * report.exceptions.length * report.signers.length).toBeGreaterThan(0);
    validate(JSON.parse([...formatReportJson(report)].join("")));
    expect(validate.errors).toBeNull();
  });

  it("describes a report on nothing", () => {
    validate(octoberReport(factsOf([], [])));
    expect(validate.errors).toBeNull();
  });

  it("knows every cause", () => {
    expect(JSON.stringify(schema)).toContain(JSON.stringify({ enum: Object.keys(CAUSES) }));
  });
});
