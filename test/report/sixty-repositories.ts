import { loadRecordedHistory, type RecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { PeriodOptions } from "../../lib/report/report-period.ts";
import { generateHistory } from "./generated-history.ts";

/** Ninety nights from 15 August on, of sixty repositories and some five thousand releases. */
export const history = generateHistory({ seed: 7, nights: 90, repositories: 60, first: 50, growth: 0.38 });
export const NOW = Date.parse("2026-11-21T12:00:00Z");

/** Two months, a month as it was known at its end and later, and a day. */
export const PERIODS: readonly PeriodOptions[] = [
  { from: "2026-09-01", to: "2026-10-31", asOf: "2026-11-15" },
  { month: "2026-09", asOf: "2026-09-30" },
  { month: "2026-10" },
  { from: "2026-10-10", to: "2026-10-10" },
];

/** All of it, as a store gives it back. */
export async function recordHistory(): Promise<RecordedHistory> {
  const store = openSqliteHistory(":memory:");
  for (const { act } of history.actions) await act(store);
  const facts = await loadRecordedHistory(store, { until: "2026-11-21T12:00:00Z" });
  await store.close();
  return facts;
}
