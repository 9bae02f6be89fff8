import type { Observation, RunId } from "../history/state.ts";
import { selectReleases } from "../watchlist/select/select-releases.ts";
import { selectionKey, turnOf } from "../watchlist/select/recheck-turn.ts";
import type { WatchListDocument } from "../watchlist/record/watch-list-document.ts";
import type { ReportRelease } from "./report-model.ts";
import { watchListOf, type KnownFacts, type KnownRun } from "./known-facts.ts";

type Entry = WatchListDocument["repositories"][number];

/**
 * Answers for a tag, by all its observations and what ended it: the last run, before an end (epoch milliseconds), that looked at it and had an answer. A quiet night writes nothing of a
 * release, so it follows from the coverage of the runs, and under `recheck: { rolling }` from the turns that they say they had.
 */
export function readLastChecked(
  facts: KnownFacts,
  repository: string,
  tags: ReadonlySet<string>,
  end: number,
): (observations: readonly Observation[], ended: ReportRelease["ended"]) => RunId | null {
  const looks = facts.runs.filter(({ at, over, coverage }) => over && at < end && coverage.get(repository)?.listed === true);
  const last = looks.at(-1);
  const entries = watchListOf(facts, last)?.repositories.filter((entry) => entry.repository === repository) ?? [];
  const rolling = entries.filter(({ recheck }) => recheck.kind === "rolling");
  const resting = new Map(rolling.flatMap((entry) => selectReleases(tags, entry).releases.map(({ tag }) => [tag, entry] as const)));
  return (observations, ended) => {
    const newest = observations.at(-1);
    if (newest === undefined) return null;
    if (newest.verdict === "unknown") return lastAnswer(observations, looks);
    if (newest.verdict === null || last === undefined) return newest.run;
    if (ended !== null) return looks.findLast(({ id }) => id < ended.at)?.id ?? newest.run;
    const entry = resting.get(newest.tag);
    const looked = entry === undefined ? last.id : lookedAt(entry, newest.tag, last);
    return looked !== null && looked > newest.run ? looked : newest.run;
  };
}

/** A turn's entry says when all its releases were looked at last; the newest releases may have been looked at since. */
function lookedAt({ repository, tags, recheck }: Entry, tag: string, { coverage }: KnownRun): RunId | null {
  const looked = coverage.get(repository)?.looked?.[selectionKey({ tags })] ?? [];
  const nights = recheck.kind === "rolling" ? recheck.nights : 1;
  if (looked.length === nights) return looked[turnOf(repository, tag, nights)] ?? null;
  return looked.toSorted()[0] ?? null;
}

/** The last look before everything was unknown. */
function lastAnswer(observations: readonly Observation[], looks: readonly KnownRun[]): RunId | null {
  const at = observations.findLastIndex(({ verdict }) => verdict !== "unknown");
  const answered = observations[at];
  const firstUnknown = observations[at + 1];
  if (answered === undefined || firstUnknown === undefined) return null;
  const look = looks.findLast(({ id }) => id < firstUnknown.run)?.id;
  return look !== undefined && look > answered.run ? look : answered.run;
}
