import { compareChanges } from "../../history/change-id.ts";
import type { Change, RunId } from "../../history/state.ts";
import type { HistoryStore } from "../../history/store.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import { compareTags } from "../../watchlist/select/version-tag.ts";
import { READ_AGAIN_AT_ONCE, type Part, type RunManner, type RunPlan } from "../part.ts";
import { canBeTakenBack } from "./plan-conclusions.ts";
import type { SecondVerdicts } from "./reading.ts";
import { findStorms, type Storm } from "./storm.ts";
import { tellUnaudited } from "./tell-unaudited.ts";

/** Releases of one repository that are read again before anything is told. */
export interface LookAgain {
  readonly repository: string;
  /** The number of this list among those of the repository, from 0. */
  readonly nth: number;
  readonly tags: readonly string[];
}

/**
 * Begins a conclusion: records coverage-lost for repositories whose audit failed or was refused, holds storms, and returns the releases to
 * read again. The list is empty if there is nothing to wait for.
 */
export async function findLookAgain(
  watchList: WatchList,
  parts: readonly Part[],
  plan: RunPlan,
  { secondLook, timeLimit }: RunManner,
  store: HistoryStore,
): Promise<LookAgain[]> {
  await tellUnaudited(watchList, parts, plan, store);
  const pending = withoutOvertaken(untoldOf(await store.pendingChanges(), plan));
  const held = [
    ...new Set(findStorms(pending, countKnownOf(parts), findBared(parts, plan.run), watchList.storm).flatMap(({ changes }) => changes)),
  ];
  if (held.length > 0) await store.holdChanges(held);
  const awaitsSignature = (change: Change): boolean => secondLook === "alerts" && change.severity === "alert" && canBeTakenBack(change);
  const wanted = pending.filter((change) => held.includes(change) || awaitsSignature(change));
  const atOnce = timeLimit ? READ_AGAIN_AT_ONCE : Infinity;
  return [...Map.groupBy(wanted, ({ repository }) => repository)].flatMap(([repository, changes]) => {
    const tags = [...new Set(changes.flatMap(({ tag }) => tag ?? []))].toSorted(compareTags);
    return cut(tags, atOnce).map((some, nth) => ({ repository, nth, tags: some }));
  });
}

/**
 * Returns the storms that the first half held. The second reading may have overtaken their changes. A change that was overtaken by anything
 * else, such as the first reading of a run that was started again, no longer belongs to a storm. `concluded` are the changes of this run
 * that were told before: another start of it concludes what it finds, too, and both must see the same storms. A storm of which something
 * was told before is left out, because whoever told it has recorded the storm.
 */
export function findHeldStorms(
  pending: readonly Change[],
  concluded: readonly Change[],
  held: ReadonlySet<string>,
  second: SecondVerdicts,
  parts: readonly Part[],
  plan: RunPlan,
  { storm }: WatchList,
): Storm[] {
  const told = new Set(concluded.map(({ id }) => id));
  const all = [...concluded, ...untoldOf(pending, plan)].toSorted(compareChanges);
  const last = new Set(withoutOvertaken(all));
  const stormy = all.filter(
    (change) =>
      (held.has(change.id) || told.has(change.id)) && (last.has(change) || second(change.repository, change.tag ?? "") !== undefined),
  );
  const storms = findStorms(stormy, countKnownOf(parts), findBared(parts, plan.run), storm);
  return storms.filter(({ changes }) => changes.every(({ id }) => !told.has(id)));
}

/** Returns the changes of the audited repositories that a run tells: its own, and those of runs that died before they told or held them. */
function untoldOf(pending: readonly Change[], { run, repositories, held }: RunPlan): Change[] {
  const [planned, before] = [new Set(repositories), new Set(held)];
  return pending.filter((change) => planned.has(change.repository) && (change.run === run || !before.has(change.id)));
}

/** Returns the changes that no later change of their release has overtaken. `pending` is in the order in which they happened. */
function withoutOvertaken(pending: readonly Change[]): Change[] {
  const last = new Map(pending.map((change) => [`${change.repository} ${change.tag}`, change]));
  return pending.filter((change) => change.tag === null || last.get(`${change.repository} ${change.tag}`) === change);
}

function countKnownOf(parts: readonly Part[]): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (const part of parts) for (const [key, count] of part.known) known.set(key, (known.get(key) ?? 0) + count);
  return known;
}

/** Returns the repositories in which the first reading found no release with a signature, each with how many became unsigned in this run. */
function findBared(parts: readonly Part[], run: RunId): ReadonlyMap<string, number> {
  const bared = parts.filter(({ summary }) => summary.counts.signed + summary.counts.untrusted === 0);
  return new Map(
    bared.map(({ repository, releases }) => [
      repository,
      releases.filter(({ verdict, since }) => verdict === "unsigned" && since === run).length,
    ]),
  );
}

function cut<T>(list: readonly T[], size: number): (readonly T[])[] {
  if (list.length <= size) return list.length === 0 ? [] : [list];
  return Array.from({ length: Math.ceil(list.length / size) }, (_, nth) => list.slice(nth * size, (nth + 1) * size));
}
