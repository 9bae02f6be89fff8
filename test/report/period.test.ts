import { describe, expect, it } from "vitest";
import { formatDayList, formatPeriodTitle } from "../../lib/report/format-days.ts";
import { daysOf, endOf, readPeriod, type PeriodOptions } from "../../lib/report/report-period.ts";

const NOW = Date.parse("2026-11-21T12:00:00.500Z");

describe("the period of a report", () => {
  it.each([
    [{ month: "2026-10" }, "2026-10-01", "2026-10-31", "2026-11-21T12:00:00.500Z", "October 2026"],
    [{ month: "2024-02" }, "2024-02-01", "2024-02-29", "2026-11-21T12:00:00.500Z", "February 2024"],
    [{}, "2026-11-01", "2026-11-21", "2026-11-21T12:00:00.500Z", "1 to 21 November 2026 so far"],
    [{ month: "2026-11" }, "2026-11-01", "2026-11-30", "2026-11-21T12:00:00.500Z", "November 2026 so far"],
    [{ from: "2026-10-14", to: "2026-10-14" }, "2026-10-14", "2026-10-14", "2026-11-21T12:00:00.500Z", "14 October 2026"],
    [
      { from: "2025-12-30", to: "2026-01-02" },
      "2025-12-30",
      "2026-01-02",
      "2026-11-21T12:00:00.500Z",
      "30 December 2025 to 2 January 2026",
    ],
    [{ from: "2026-10-01", asOf: "2026-10-31" }, "2026-10-01", "2026-10-31", "2026-10-31T23:59:59Z", "October 2026"],
    [{ month: "2026-10", asOf: "2026-10-20T08:00:00Z" }, "2026-10-01", "2026-10-31", "2026-10-20T08:00:00Z", "October 2026 so far"],
    [{ month: "2026-11", asOf: "2026-11-21" }, "2026-11-01", "2026-11-30", "2026-11-21T12:00:00.500Z", "November 2026 so far"],
  ] satisfies [PeriodOptions, string, string, string, string][])("%j is %s to %s", (options, from, to, asOf, title) => {
    const period = readPeriod(options, NOW);
    expect(period).toEqual({ from, to, asOf: Date.parse(asOf) });
    expect(formatPeriodTitle(period)).toBe(title);
  });

  it.each<[PeriodOptions, RegExp]>([
    [{ month: "2026-13" }, /--month 2026-13: write a month such as 2026-10/],
    [{ month: "October" }, /--month October: write a month/],
    [{ month: "2026-12" }, /that is after 2026-11-21, of which nothing is known/],
    [{ month: "2026-10", from: "2026-10-01" }, /leave --from and --to out/],
    [{ to: "2026-10-01" }, /write --from as well/],
    [{ from: "2026-12-01" }, /--from 2026-12-01: that is after 2026-11-21/],
    [{ from: "2026-10-02", to: "2026-10-01" }, /--from 2026-10-02 is after --to 2026-10-01/],
    [{ from: "2026-02-30", to: "2026-03-01" }, /--from 2026-02-30: write a day/],
    [{ month: "2026-10", asOf: "2026-11-22" }, /--as-of 2026-11-22: that is still to come/],
    [{ month: "2026-10", asOf: "yesterday" }, /--as-of yesterday: write a day/],
    [{ month: "2026-10", asOf: "2026-09-30" }, /of which nothing is known/],
    [{ month: "2026-01", asOf: "2026-02-30T12:00:00Z" }, /--as-of 2026-02-30T12:00:00Z: write a day such as 2026-10-31, or a time/],
    [{ from: "0206-10-01" }, /--from 0206-10-01 to 2026-11-21: that is more than ten years; write several reports/],
  ])("%j is refused", (options, message) => {
    expect(() => readPeriod(options, NOW)).toThrow(expect.objectContaining({ code: "usage", message: expect.stringMatching(message) }));
  });

  it("ends with its last day, or with what was known", () => {
    expect(endOf(readPeriod({ month: "2026-10" }, NOW))).toBe(Date.parse("2026-11-01T00:00:00Z"));
    expect(endOf(readPeriod({ month: "2026-10", asOf: "2026-10-20" }, NOW))).toBe(Date.parse("2026-10-21T00:00:00Z"));
    expect(daysOf(readPeriod({ month: "2026-10", asOf: "2026-10-03" }, NOW))).toEqual(["2026-10-01", "2026-10-02", "2026-10-03"]);
  });
});

describe("days in words", () => {
  it.each([
    [["14"], "14 October"],
    [["03", "14"], "3 and 14 October"],
    [["03", "04", "14"], "3, 4 and 14 October"],
    [["03", "04", "05", "14"], "3 to 5 October and 14 October"],
    [["01", "03", "05", "07", "09", "11", "13", "15"], "1, 3, 5, 7, 9, 11 October and 2 more"],
  ])("%j are %s", (days, words) => {
    expect(formatDayList(days.map((day) => `2026-10-${day}`))).toBe(words);
  });

  it("name each month", () => {
    expect(formatDayList(["2026-09-30", "2026-10-02"])).toBe("30 September and 2 October");
    expect(formatDayList(["2026-09-29", "2026-09-30", "2026-10-01"])).toBe("29 September to 1 October");
  });
});
