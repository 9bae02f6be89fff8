import type { RecordedHistory } from "../history/past/recorded-history.ts";
import { composeSentence } from "./compose-sentence.ts";
import { countSigners } from "./count-signers.ts";
import { countFindings } from "./describe-findings.ts";
import { describeRepository, traceRepository } from "./describe-repository.ts";
import { frameReport } from "./frame-report.ts";
import { watchListOf, type KnownFacts } from "./known-facts.ts";
import { listExceptions } from "./list-exceptions.ts";
import { listScopeChanges } from "./list-scope-changes.ts";
import type { ReportModel, ReportNight, ReportRepository } from "./report-model.ts";
import { formatAsOf, type ReportPeriod, type Stretch } from "./report-period.ts";
import { addStates } from "./state-counts.ts";
import { summarise, tallyReleases } from "./summarise.ts";

/** Builds the report on a period. Only facts known at `period.asOf` count, so the same facts and period give the same report. Pure. */
export function buildReport(recorded: RecordedHistory, period: ReportPeriod): ReportModel {
  const { title, facts, stretch, nights, findings, acknowledgers } = frameReport(recorded, period);
  const looked = new Set(nights.flatMap(({ run }) => [...(run?.coverage.keys() ?? [])]));
  const names = [...new Set([...recorded.observations.keys(), ...looked])].toSorted();
  const traced = names.map((name) => [name, traceRepository(facts, name, recorded.observations.get(name) ?? [], stretch)] as const);
  // A repository that was watched but never answered is part of the truth.
  const traces = new Map(traced.filter(([name, own]) => own.length > 0 || looked.has(name)));
  const repositories = [...traces].map(([name, own]) => describeRepository(facts, name, own, nights, stretch, acknowledgers));
  const tallies = repositories.map(({ releases }) => tallyReleases(releases));
  const summary = summarise(tallies, nights, countFindings(findings));
  return {
    format: 1,
    period: { from: period.from, to: period.to, title },
    asOf: formatAsOf(period.asOf),
    sentence: composeSentence(title, summary, nights),
    summary,
    nights: nights.map(({ day, status, run, why }, at): ReportNight => {
      const states = run === null ? null : statesOf(repositories, at, run.coverage.size);
      return { day, status, run: run?.id ?? null, why, states };
    }),
    findings,
    scopeChanges: listScopeChanges(facts, stretch),
    exceptions: listExceptions(facts, traces, stretch),
    signers: countSigners(traces.values(), stretch),
    repositories,
    controls: controlsOf(facts, stretch),
  };
}

/** Returns null if a run looked for repositories and saw none of them. */
function statesOf(repositories: readonly ReportRepository[], night: number, watched: number): ReportNight["states"] {
  const seen = repositories.flatMap(({ nights }) => nights[night]?.states ?? []);
  return seen.length === 0 && watched > 0 ? null : addStates(seen);
}

/** Returns the controls of the last watch list that a run audited by, in the period or before it. */
function controlsOf(facts: KnownFacts, { to }: Stretch): readonly string[] {
  const last = facts.runs.findLast(({ over, at, watchList }) => over && at < to && watchList !== null);
  return watchListOf(facts, last)?.controls ?? [];
}
