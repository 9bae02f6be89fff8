import type { Change, RunId } from "../../history/state.ts";
import type { HistoryStore } from "../../history/store.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import { compareTags } from "../../watchlist/select/version-tag.ts";
import { canBeTakenBack } from "../conclude/plan-conclusions.ts";
import { planWork } from "../release-night.ts";
import { findStorms, type Storm } from "../conclude/storm.ts";
import { ToldRefusals } from "../compare/told-refusals.ts";
import { loseCoverage } from "./lose-coverage.ts";
import { READ_AGAIN_AT_ONCE, type Part, type RunPlan } from "./part.ts";

/** Releases of one repository that one call is to read again before anything is told. */
export interface LookAgain {
  readonly repository: string;
  /** Among those of the repository, from 0. */
  readonly nth: number;
  readonly tags: readonly string[];
}

/**
 * The first half of a conclusion: tells repositories whose audit failed or was refused as coverage-lost, holds storms, and names the
 * releases to read again: those of storms, and every alert that a signature which arrives meanwhile would take back. Empty where there is
 * nothing to wait for.
 */
export async function findLookAgain(
  watchList: WatchList,
  parts: readonly Part[],
  plan: RunPlan,
  store: HistoryStore,
): Promise<LookAgain[]> {
  await tellUnaudited(watchList, parts, plan.run, store);
  const pending = untoldOf(await store.pendingChanges(), plan);
  const storms = stormsOf(pending, parts, watchList);
  const held = [...new Set(storms.flatMap(({ changes }) => changes))];
  if (held.length > 0) await store.holdChanges(held);
  const wanted = pending.filter((change) => held.includes(change) || (change.severity === "alert" && canBeTakenBack(change)));
  return [...Map.groupBy(wanted, ({ repository }) => repository)].flatMap(([repository, changes]) => {
    const tags = [...new Set(changes.flatMap(({ tag }) => tag ?? []))].toSorted(compareTags);
    return Array.from({ length: Math.ceil(tags.length / READ_AGAIN_AT_ONCE) }, (_, nth) => ({
      repository,
      nth,
      tags: tags.slice(nth * READ_AGAIN_AT_ONCE, (nth + 1) * READ_AGAIN_AT_ONCE),
    }));
  });
}

/** What a run is to tell: its own changes, and those of earlier runs that died before they told or held them. */
export function untoldOf(pending: readonly Change[], { run, repositories, held }: RunPlan): Change[] {
  const [planned, before] = [new Set(repositories), new Set(held)];
  return pending.filter((change) => change.run === run || (planned.has(change.repository) && !before.has(change.id)));
}

/** The storms of a run, by what its parts knew. The same before and after a second reading. */
export function stormsOf(pending: readonly Change[], parts: readonly Part[], { storm }: WatchList): Storm[] {
  const known = new Map<string, number>();
  for (const part of parts) for (const [key, count] of part.known) known.set(key, (known.get(key) ?? 0) + count);
  return findStorms(pending, known, storm);
}

async function tellUnaudited(watchList: WatchList, parts: readonly Part[], run: RunId, store: HistoryStore): Promise<void> {
  const finished = new Map(parts.filter(({ done }) => done).map((part) => [part.repository, part]));
  const answered = new Set([...finished.values()].flatMap(({ repository, refused }) => (refused ? [] : repository)));
  const told = parts.some(({ refused }) => refused) ? await ToldRefusals.load(watchList, answered, store) : null;
  for (const item of planWork(watchList.repositories)) {
    const part = finished.get(item.name);
    const { registry } = item.entries[0].repository;
    if (part === undefined)
      await loseCoverage(item, { loss: "unanswered", explanation: "its audit broke off; the next run begins with it" }, run, store);
    else if (part.refused && told?.isToldBy(item.name, registry)) {
      await loseCoverage(
        item,
        { loss: "refused", explanation: `the registry refuses the credentials (${part.document.failure ?? "no reason"})` },
        run,
        store,
      );
    }
  }
}
