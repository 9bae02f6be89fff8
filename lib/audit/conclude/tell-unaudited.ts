import type { HistoryStore } from "../../history/store.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import type { Part, RunPlan } from "../part.ts";
import { recallRuns } from "../recall-runs.ts";
import { planWork } from "../release-night.ts";
import { loseCoverage, type LostCoverage } from "./lose-coverage.ts";
import { ToldRefusals } from "./told-refusals.ts";

/**
 * Tells repositories as coverage-lost for which their own audit could not: those whose audit broke off, and, once a registry, those whose
 * credentials were refused.
 */
export async function tellUnaudited(watchList: WatchList, parts: readonly Part[], plan: RunPlan, store: HistoryStore): Promise<void> {
  const finished = new Map(parts.filter(({ done }) => done).map((part) => [part.repository, part]));
  const answered = new Set([...finished.values()].flatMap(({ repository, refused }) => (refused ? [] : repository)));
  const planned = new Set(plan.repositories);
  const silent = planWork(watchList.repositories).filter(({ name }) => planned.has(name) && !answered.has(name));
  if (silent.length === 0) return;
  const told = await ToldRefusals.load(watchList, answered, store);
  const run = await recallRuns({ id: plan.run }, Date.parse(plan.run), store);
  for (const item of silent) {
    const part = finished.get(item.name);
    if (part !== undefined && !told.isToldBy(item.name, item.entries[0].repository.registry)) continue;
    await loseCoverage(item, describeLoss(part), { id: plan.run, lastListed: run.lastListed(item.name) }, store);
  }
}

function describeLoss(part: Part | undefined): LostCoverage {
  if (part === undefined) return { loss: "unanswered", explanation: "its audit broke off; the next run begins with it" };
  return { loss: "refused", explanation: `the registry refuses the credentials (${part.document.failure ?? "no reason"})` };
}
