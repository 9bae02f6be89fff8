import type { Observation } from "../history/state.ts";
import { compareTags } from "../watchlist/select/version-tag.ts";
import { countNights } from "./count-nights.ts";
import { describeRelease } from "./describe-release.ts";
import { watchListOf, type KnownFacts } from "./known-facts.ts";
import { readLastChecked } from "./read-last-checked.ts";
import type { PeriodNight } from "./period-nights.ts";
import { traceRelease, type ReleaseTrace } from "./release-trace.ts";
import type { ReportRelease, ReportRepository } from "./report-model.ts";
import type { Stretch } from "./report-period.ts";
import { noStates } from "./state-counts.ts";
import { traceScopes } from "./watched-scopes.ts";

/** Traces all tags of a repository that were releases at some time of the stretch, from all that is recorded of it. */
export function traceRepository(
  facts: KnownFacts,
  repository: string,
  observations: readonly Observation[],
  stretch: Stretch,
): ReleaseTrace[] {
  const isKnown = facts.knowsOf(repository);
  const byTag = Map.groupBy(
    observations.filter(({ run }) => isKnown(run) && Date.parse(run) < stretch.to),
    ({ tag }) => tag,
  );
  const scopes = traceScopes(facts, repository, new Set(byTag.keys()));
  return [...byTag].flatMap(([tag, own]: [string, readonly Observation[]]) => {
    const trace = traceRelease(tag, own, scopes, stretch.to);
    return trace === null || !trace.spans.some(({ from, to }) => from < stretch.to && to > stretch.from) ? [] : [trace];
  });
}

/** Returns the releases of one repository, newest first. The key of `acknowledgers` is `repository\ntag`. */
export function describeReleases(
  facts: KnownFacts,
  repository: string,
  traces: readonly ReleaseTrace[],
  stretch: Stretch,
  acknowledgers: ReadonlyMap<string, readonly string[]>,
): ReportRelease[] {
  const lastChecked = readLastChecked(facts, repository, new Set(traces.map(({ tag }) => tag)), stretch.to);
  const releases = traces.flatMap((trace) => {
    const more = {
      acknowledgedBy: acknowledgers.get(`${repository}\n${trace.tag}`) ?? [],
      lastChecked: lastChecked(trace.observations, trace.ended),
    };
    return describeRelease(repository, trace, stretch, more) ?? [];
  });
  return releases.toSorted(compareNewest);
}

/** Returns one repository of a report. */
export function describeRepository(
  facts: KnownFacts,
  repository: string,
  traces: readonly ReleaseTrace[],
  nights: readonly PeriodNight[],
  stretch: Stretch,
  acknowledgers: ReadonlyMap<string, readonly string[]>,
): ReportRepository {
  const releases = describeReleases(facts, repository, traces, stretch, acknowledgers);
  const counts = noStates();
  for (const { state, ended } of releases) if (ended === null) counts[state]++;
  return { repository, owner: ownerOf(facts, repository, stretch), counts, nights: countNights(repository, traces, nights), releases };
}

/** Orders the newest first, and the releases of one night by version, the highest first. */
function compareNewest(left: ReportRelease, right: ReportRelease): number {
  if (left.firstSeen !== right.firstSeen) return left.firstSeen > right.firstSeen ? -1 : 1;
  return compareTags(right.tag, left.tag);
}

function ownerOf(facts: KnownFacts, repository: string, { to }: Stretch): string | null {
  const last = facts.runs.findLast(({ over, at, coverage }) => over && at < to && coverage.has(repository));
  return watchListOf(facts, last)?.repositories.find((entry) => entry.repository === repository)?.owner ?? null;
}
