import type { RunId } from "../../history/state.ts";
import type { Coverage } from "../../history/run-record.ts";
import { selectionKey, turnOf } from "../../watchlist/select/recheck-turn.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import type { Run } from "../audit-ports.ts";
import { isTurn } from "./recheck.ts";

/**
 * The turns of `recheck: { rolling: n }` (interface): each release has one of n turns, by a keyed hash of its tag. A run that saw all of
 * the repository records in its coverage when each turn was last looked at, so that nothing is written for a release that is left alone. If
 * a night broke off, its turn stays due. `nightly` is a single turn.
 */
interface Turns {
  /** Reports whether the release must be looked at tonight. */
  isDue(tag: string): boolean;
  /** The run that last looked at all releases of this one's turn, or null. */
  lastLooked(tag: string): RunId | null;
  /** What the coverage of this run records, if all of the repository was seen. */
  readonly after: readonly RunId[];
}

/** Reads the turns of one entry of the watch list from the last coverage of its repository. */
export function readTurns(watched: WatchedRepository, previous: Coverage | null, run: Pick<Run, "id" | "now">): Turns {
  const nights = watched.recheck.kind === "rolling" ? watched.recheck.nights : 1;
  const looked = translate(previous?.looked?.[selectionKey(watched)] ?? [], nights);
  const due = looked.map((last, turn) => nights === 1 || isTurn(turn, nights, last === null ? null : Date.parse(last), run.now));
  const turn = (tag: string): number => turnOf(watched.repository.name, tag, nights);
  return {
    isDue: (tag) => due[turn(tag)]!,
    lastLooked: (tag) => looked[turn(tag)]!,
    after: looked.map((last, at) => (due[at]! ? run.id : last!)),
  };
}

/** Translates turns if their number changed. They hold other releases then, so only the oldest time is certain for all. */
function translate(looked: readonly RunId[], nights: number): (RunId | null)[] {
  if (looked.length === nights) return [...looked];
  const oldest = looked.reduce<RunId | null>((least, id) => (least === null || id < least ? id : least), null);
  return Array.from<RunId | null>({ length: nights }).fill(oldest);
}

/**
 * Returns what the coverage records of a repository's entries: tonight's turns if all of the repository was seen, otherwise what was known
 * before. It was seen if every known release was looked at or recorded as unknown; an unknown release is looked at again anyway.
 */
export function lookedAfter(
  entries: readonly WatchedRepository[],
  previous: Coverage | null,
  whole: boolean,
  run: Pick<Run, "id" | "now">,
): Coverage["looked"] {
  if (!whole) return previous?.looked;
  return Object.fromEntries(entries.map((watched) => [selectionKey(watched), readTurns(watched, previous, run).after]));
}
