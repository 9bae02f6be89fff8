import type { Observation, RunId } from "../history/state.ts";
import { selectReleases } from "../watchlist/select/select-releases.ts";
import { selectionKey, turnOf } from "../watchlist/select/recheck-turn.ts";
import type { WatchListDocument } from "../watchlist/record/watch-list-document.ts";
import type { ReportRelease } from "./report-model.ts";
import { watchListOf, type KnownFacts, type KnownRun } from "./known-facts.ts";

type Entry = WatchListDocument["repositories"][number];

/**
 * Returns a function from a tag's observations and its end to the last run before `end` (epoch milliseconds) that got an answer about it. A
 * quiet night writes nothing about a release: the answer follows from the coverage of the runs and, under `recheck: { rolling }`, from the
 * turns in it.
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

/** Returns the time at which all releases of the tag's turn were last looked at; its newest releases may have been looked at since. */
function lookedAt({ repository, tags, recheck }: Entry, tag: string, { coverage }: KnownRun): RunId | null {
  const looked = coverage.get(repository)?.looked?.[selectionKey({ tags })] ?? [];
  const nights = recheck.kind === "rolling" ? recheck.nights : 1;
  if (looked.length === nights) return looked[turnOf(repository, tag, nights)] ?? null;
  return looked.toSorted()[0] ?? null;
}

/** Returns the last look before the verdict became unknown. */
function lastAnswer(observations: readonly Observation[], looks: readonly KnownRun[]): RunId | null {
  const at = observations.findLastIndex(({ verdict }) => verdict !== "unknown");
  const answered = observations[at];
  const firstUnknown = observations[at + 1];
  if (answered === undefined || firstUnknown === undefined) return null;
  const look = looks.findLast(({ id }) => id < firstUnknown.run)?.id;
  return look !== undefined && look > answered.run ? look : answered.run;
}
