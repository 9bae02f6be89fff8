import type { Digest } from "../../oci/digest.ts";
import type { ChangeFacts, RunId, TagState } from "../../history/state.ts";
import { selectionKey } from "../../watchlist/select/recheck-turn.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import type { Run } from "../audit-ports.ts";
import { readTurns } from "../list/turns.ts";

/**
 * Returns between which runs a release became what it is tonight: the last run that surely saw it as it was before, or, if its digest has
 * waited for a verdict since, the run that first saw the digest. A tag is new since the last run that saw all of its repository by the same
 * selection.
 */
export function whenSeen(
  tag: string,
  digest: Digest | null,
  watched: WatchedRepository,
  previous: TagState | null,
  run: Run,
): Pick<ChangeFacts, "lastSeenBefore" | "firstSeen"> {
  if (previous === null) return { lastSeenBefore: lastWithoutIt(watched, run) };
  const { last, unansweredSince } = previous;
  const current = previous.timeline.at(-1);
  if (current !== undefined && current.digest === digest && last?.digest !== digest)
    return { lastSeenBefore: null, firstSeen: current.since };
  if (unansweredSince !== null) return { lastSeenBefore: last === null ? null : unansweredSince };
  return { lastSeenBefore: lastLooked(tag, watched, previous, run) };
}

/** Returns the newest run that saw all of the repository. A tag that waited for its turn in that run does not count as newer. */
function lastWithoutIt(watched: WatchedRepository, run: Run): RunId | null {
  const whole = run.lastWhole(watched.repository.name);
  if (whole === null) return null;
  const { looked } = whole.coverage;
  return looked === undefined || selectionKey(watched) in looked ? whole.run : null;
}

/** Returns the run that last looked at a release. A resting release is seen at its turn only, or when something was written about it. */
function lastLooked(tag: string, watched: WatchedRepository, previous: TagState, run: Run): RunId | null {
  const { name } = watched.repository;
  if (watched.recheck.kind === "nightly") return run.lastListed(name);
  const looked = readTurns(watched, run.lastCoverage(name), run).lastLooked(tag);
  if ((previous.number ?? 0) >= run.number) return looked;
  return looked !== null && looked > previous.run ? looked : previous.run;
}
