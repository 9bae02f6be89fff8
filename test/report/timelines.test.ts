import { describe, expect, it } from "vitest";
import type { AuditDocument } from "../../lib/audit/audit-document.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { formatDay, formatInstant, readPeriod } from "../../lib/report/report-period.ts";
import { DOORS } from "../audit/doors.ts";
import { openMemory } from "../audit/night.ts";
import { GROUPS } from "../timelines/groups.ts";
import { play } from "../timelines/timeline.ts";

const FROM = "2026-11-01";
/** After every run, also one that a wrong clock dates. */
const LATER = Date.parse("2040-01-01T00:00:00Z");

/** A run as its own document says it was, the report of that moment, and the one made of it at the end of all. */
interface Told {
  readonly document: AuditDocument;
  readonly before: ReportModel;
  later: ReportModel | null;
}

/** A history that writes a report whenever a run is over, and all of them again before it is closed. */
function openReported(told: Map<string, Told>): HistoryStore {
  const store = openMemory();
  const report = async (time: number, now: number): Promise<ReportModel> => {
    const asOf = formatInstant(time);
    const facts = await loadRecordedHistory(store, { until: asOf });
    return buildReport(facts, readPeriod({ from: FROM, to: formatDay(time), asOf }, now));
  };
  return {
    ...store,
    closeRun: async (run) => {
      const closed = await store.closeRun(run);
      // Of two starts the one that comes second finds the run closed, at the time of the first.
      const now = Date.parse(closed.finishedAt!);
      const text = await store.loadDocument(run.id);
      if (!told.has(run.id))
        told.set(run.id, { document: JSON.parse(text!) as AuditDocument, before: await report(now, now), later: null });
      return closed;
    },
    close: async () => {
      for (const one of told.values()) one.later = await report(Date.parse(one.document.run.finishedAt), LATER);
      await store.close();
    },
  };
}

/** Where the clock went back, a later run claims an earlier time: what was known at a time is not to be told by times there. */
function tellable(told: readonly Told[]): Told[] {
  const ends = told.map(({ document }) => document.run.finishedAt);
  return told.filter((_, at) => ends.every((end, other) => (other < at ? end <= ends[at]! : end >= ends[at]!)));
}

/** What each release was, by the report and by the audit: the same words for both. */
function wordsOf(
  releases: readonly {
    repository: string;
    tag: string;
    digest: string | null;
    verdict: string;
    reason: string | null;
    exemption: object | null;
  }[],
) {
  return releases
    .map(
      ({ repository, tag, digest, verdict, reason, exemption }) =>
        `${repository}:${tag} ${digest} ${verdict} ${reason} ${JSON.stringify(exemption)}`,
    )
    .toSorted();
}

describe.each(Object.entries(GROUPS))("a report on %s", (_group, timelines) => {
  it.each(Object.entries(timelines))(
    "says after each night what the audit said, and a year later the same: %s",
    async (_name, timeline) => {
      const told = new Map<string, Told>();
      await play(timeline, DOORS["one process"](), () => openReported(told));
      for (const { document, before, later } of tellable([...told.values()])) {
        const watched = new Set(document.repositories.map(({ repository }) => repository));
        const present = before.repositories.flatMap(({ releases }) =>
          releases.filter(({ ended, repository }) => ended === null && watched.has(repository)),
        );
        expect(wordsOf(present)).toEqual(wordsOf(document.releases));
        const live = document.findings.filter(({ status }) => status === "open" || status === "acknowledged").map(({ id }) => id);
        const known = before.findings.filter(({ status }) => status === "open" || status === "acknowledged").map(({ id }) => id);
        expect(known.toSorted()).toEqual(live.toSorted());
        expect(later).toEqual(before);
      }
    },
  );
});
