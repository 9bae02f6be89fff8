import type { Coverage } from "../history/run-record.ts";
import type { KnownFacts, KnownRun } from "./known-facts.ts";
import type { NightStatus } from "./report-model.ts";
import { DAY_MILLISECONDS, daysOf, formatDay, startOf, type ReportPeriod } from "./report-period.ts";

/** A PeriodNight is one day of the period and the run that represents it. */
export interface PeriodNight {
  readonly day: string;
  readonly status: NightStatus;
  readonly run: KnownRun | null;
  readonly why: string | null;
}

const NAMED = 5;

/**
 * Lists the days of a period that had begun, oldest first. Since the history began, each day expects a run over the complete watch list.
 * The last complete run represents its day, or else the last run. A day that was not over by `asOf` is awaited, not missed.
 */
export function listNights({ runs, asOf }: KnownFacts, period: ReportPeriod): PeriodNight[] {
  const byDay = Map.groupBy(runs, ({ at }) => formatDay(at));
  const first = runs[0] === undefined ? null : formatDay(runs[0].at);
  return daysOf(period).map((day): PeriodNight => {
    const ofDay = byDay.get(day) ?? [];
    const whole = ofDay.filter((run) => run.over && !run.partial);
    const run = whole.findLast(({ complete }) => complete) ?? whole.at(-1);
    if (run !== undefined)
      return run.complete ? { day, status: "complete", run, why: null } : { day, status: "incomplete", run, why: explainIncomplete(run) };
    if (first === null || day < first) return { day, status: "before", run: null, why: "the history had not begun" };
    const isOver = asOf + 1000 >= startOf(day) + DAY_MILLISECONDS;
    return { day, status: isOver ? "missed" : "awaited", run: null, why: explainMissed(ofDay, isOver) };
  });
}

/** Reports whether a run looked at a repository at all. If its audit failed, the earlier states of releases do not apply that night. */
export function isSeen({ listed, expected, releases }: Coverage): boolean {
  return listed || releases > 0 || expected === 0;
}

function explainIncomplete({ coverage }: KnownRun): string {
  const [seen, failed] = [[...coverage.values()].filter(isSeen), [...coverage.values()].filter((one) => !isSeen(one))];
  const unlisted = seen.filter(({ listed }) => !listed);
  const emptied = seen.filter((one) => one.emptied === true);
  const unknown = seen.reduce((sum, one) => sum + one.unknown, 0);
  const waiting = seen.reduce((sum, { expected, releases }) => sum + Math.max(0, expected - releases), 0);
  const parts = [
    failed.length > 0 && `${nameSome(failed)} not looked at`,
    unlisted.length > 0 && `${nameSome(unlisted)} not listed to the end`,
    emptied.length > 0 && `${nameSome(emptied)} without any known release`,
    unknown > 0 && `${unknown} ${unknown === 1 ? "release" : "releases"} unknown`,
    waiting > 0 && `${waiting} ${waiting === 1 ? "release" : "releases"} left to the next night`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "the run was not complete" : parts.join("; ");
}

/** Formats repositories as `2 repositories (a, b)`. */
function nameSome(coverage: readonly Coverage[]): string {
  const names = coverage.slice(0, NAMED).map(({ repository }) => repository);
  const more = coverage.length > NAMED ? ` and ${coverage.length - NAMED} more` : "";
  return `${coverage.length} ${coverage.length === 1 ? "repository" : "repositories"} (${names.join(", ")}${more})`;
}

function explainMissed(ofDay: readonly KnownRun[], isOver: boolean): string {
  if (ofDay.some(({ over, partial }) => !over && !partial)) return isOver ? "a run began and had not ended" : "a run is under way";
  if (ofDay.length > 0) return "only a part of the watch list was looked at";
  return isOver ? "nobody looked" : "nobody has looked yet";
}
