import { turnOf } from "../../watchlist/select/recheck-turn.ts";
import { sortTags } from "../../watchlist/select/version-tag.ts";

/** Every release's places, payloads and bundles are asked again at least this often (architecture section 3). */
const FULL_RECHECK_NIGHTS = 14;
/** The newest releases of a repository are always asked in full. */
export const NEWEST_IN_FULL = 10;
const DAY_MILLISECONDS = 86_400_000;

/**
 * Reports whether a release's turn to be asked in full fell into the days after the previous run, up to now. Turns come by a hash of the
 * tag, keyed with the repository: so the load spreads, and a turn is not skipped if a run is.
 */
export function isDueInFull(repository: string, tag: string, previous: number | null, now: number): boolean {
  return isTurn(turnOf(repository, tag, FULL_RECHECK_NIGHTS), FULL_RECHECK_NIGHTS, previous, now);
}

/**
 * Reports whether it is the turn of all releases of a repository whose list alone shows that nothing changed. They are asked in full on one
 * night in 14, for the first time one to two weeks after the first complete listing: so the nights between cost nothing, and the load of
 * many repositories spreads.
 */
export function isRepositoryDueInFull(repository: string, first: number | null, previous: number | null, now: number): boolean {
  if (first === null) return false;
  const week = FULL_RECHECK_NIGHTS / 2;
  const turn = (Math.floor(first / DAY_MILLISECONDS) + week + turnOf(repository, "", week)) % FULL_RECHECK_NIGHTS;
  return isTurn(turn, FULL_RECHECK_NIGHTS, previous, now);
}

/** Reports whether a turn came in the days after `previous`, up to now. If the clock was set back, every turn came. */
export function isTurn(turn: number, nights: number, previous: number | null, now: number): boolean {
  const today = Math.floor(now / DAY_MILLISECONDS);
  const last = previous === null ? today - nights : Math.floor(previous / DAY_MILLISECONDS);
  if (last > today || today - last >= nights) return true;
  for (let day = last + 1; day <= today; day++) if (day % nights === turn) return true;
  return false;
}

/** Returns the highest version tags of a repository, or all if there are few. */
export function newestTags(versionTags: readonly string[]): ReadonlySet<string> {
  return new Set(sortTags(versionTags).slice(-NEWEST_IN_FULL));
}
