import { inOrder } from "../../history/change-id.ts";
import { NEW_REPOSITORY } from "../../history/new-repository.ts";
import { newChange } from "../../history/new-change.ts";
import { NO_FACTS } from "../../history/no-facts.ts";
import type { RunRef } from "../../history/run-record.ts";
import type { RunId } from "../../history/state.ts";
import type { FindingStore, HistoryStore } from "../../history/store.ts";
import { updateRepository } from "../../history/update-repository.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import type { Part, RunPlan } from "../part.ts";
import { recallRuns } from "../recall-runs.ts";
import { planWork, type WorkItem } from "../release-night.ts";

/** Records coverage-lost for repositories whose audit broke off, and once for each registry that refused the credentials. */
export async function tellUnaudited(watchList: WatchList, parts: readonly Part[], plan: RunPlan, store: HistoryStore): Promise<void> {
  const finished = new Map(parts.filter(({ done }) => done).map((part) => [part.repository, part]));
  const answered = new Set([...finished.values()].flatMap(({ repository, refused }) => (refused ? [] : repository)));
  const planned = new Set(plan.repositories);
  const silent = planWork(watchList.repositories).filter(({ name }) => planned.has(name) && !answered.has(name));
  if (silent.length === 0) return;
  const tellers = await loadTellers(watchList, answered, store);
  const run = await recallRuns({ id: plan.run, number: plan.number }, Date.parse(plan.run), store);
  for (const item of silent) {
    const part = finished.get(item.name);
    const { registry } = item.entries[0].repository;
    if (part !== undefined) {
      // One repository of a registry reports for all of them that the credentials are refused.
      const teller = tellers.get(registry) ?? item.name;
      tellers.set(registry, teller);
      if (teller !== item.name) continue;
    }
    await loseCoverage(item, part, { id: plan.run, number: plan.number, lastListed: run.lastListed(item.name) }, store);
  }
}

/**
 * Finds, for each registry, the repository whose open finding already says that the credentials are refused. It does not count if this run
 * `answered` it, or if it is no longer watched.
 */
async function loadTellers({ repositories }: WatchList, answered: ReadonlySet<string>, store: FindingStore): Promise<Map<string, string>> {
  const registries = new Map(planWork(repositories).map(({ name, entries }) => [name, entries[0].repository.registry]));
  const tellers = new Map<string, string>();
  for (const { cause, repository, facts } of await store.findings({ live: true })) {
    const registry = registries.get(repository);
    if (cause !== "coverage-lost" || registry === undefined || answered.has(repository)) continue;
    if (facts.losses?.includes("refused")) tellers.set(registry, repository);
  }
  return tellers;
}

/**
 * Records coverage-lost, once, until the repository answers again. `part` is what its audit left if the credentials were refused, and
 * undefined if the audit broke off. `lastListed` is the newest earlier run that listed the repository, or null.
 */
async function loseCoverage(
  { name, entries }: WorkItem,
  part: Part | undefined,
  { id: run, number, lastListed }: RunRef & { readonly lastListed: RunId | null },
  store: HistoryStore,
): Promise<void> {
  const explanation =
    part === undefined
      ? "its audit broke off; the next run begins with it"
      : `the registry refuses the credentials (${part.document.failure ?? "no reason"})`;
  const loss = part === undefined ? ("unanswered" as const) : ("refused" as const);
  const { owner, graceSeconds } = entries[0];
  const facts = { explanation, ...NO_FACTS, lastSeenBefore: lastListed, owner, graceSeconds, losses: [loss] };
  await updateRepository(store, name, { id: run, number }, ({ repository }) => {
    const previous = repository ?? NEW_REPOSITORY;
    const lost = previous.lost ?? [];
    // An older history told every loss in one finding.
    if (lost.includes(loss) || (previous.coverageLost && previous.lost === undefined)) return null;
    // That nothing answers adds nothing to why.
    if (loss === "unanswered" && lost.some((other) => other !== "gone")) return null;
    const change = newChange({ repository: name, kind: "opened", cause: "coverage-lost", about: loss, run, facts });
    const pending = [...previous.pending, ...inOrder([change], previous.version)];
    return { repository: { ...previous, run, coverageLost: true, lost: [...lost, loss], pending }, tags: [] };
  });
}
