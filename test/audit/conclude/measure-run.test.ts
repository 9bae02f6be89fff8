import { describe, expect, it } from "vitest";
import { measureRun } from "../../../lib/audit/conclude/measure-run.ts";
import type { OutboxEntry } from "../../../lib/history/state.ts";

const SUMMARY = { releases: 4, signed: 2, untrusted: 0, unsigned: 1, unknown: 1, pending: 0, exempt: 0 };
const NOW = Date.parse("2026-11-02T03:00:00Z");

function seen(expected: number, judged: number, listed = true) {
  return { repository: "ghcr.io/acme/app", listed, expected, releases: expected, judged, unknown: expected - judged };
}

describe("the measures of a run", () => {
  it("count what was judged against what was to be judged, a repository that nobody saw as one release at least", () => {
    const coverageOf = (...coverage: ReturnType<typeof seen>[]) =>
      measureRun({ summary: SUMMARY, findings: [] }, coverage, [], NOW).coverage;
    expect(coverageOf(seen(4, 3))).toBe(75);
    expect(coverageOf(seen(4, 4), seen(0, 0, false))).toBe(80);
    expect(coverageOf()).toBe(100);
  });

  it("tell the age of the oldest message that waits", () => {
    const unsent = [{ run: "2026-11-02T02:00:00Z" }, { run: "2026-11-01T03:00:00Z" }] as unknown as OutboxEntry[];
    const measureAge = (entries: readonly OutboxEntry[]) => measureRun({ summary: SUMMARY, findings: [] }, [], entries, NOW).oldestUnsent;
    expect(measureAge(unsent)).toBe(86_400);
    expect(measureAge([])).toBe(0);
  });
});
