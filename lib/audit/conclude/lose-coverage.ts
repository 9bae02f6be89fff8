import { NO_FACTS } from "../../history/no-facts.ts";
import type { RunId } from "../../history/state.ts";
import type { EvidenceStore, StateStore } from "../../history/store.ts";
import { inOrder } from "../../history/change-id.ts";
import { newChange } from "../../history/new-change.ts";
import { NEW_REPOSITORY } from "../../history/new-repository.ts";
import { updateRepository } from "../../history/update-repository.ts";
import type { WorkItem } from "../release-night.ts";

export interface LostCoverage {
  readonly loss: "refused" | "unanswered";
  /** One sentence without a stop at its end. */
  readonly explanation: string;
}

/**
 * Records that a run could not audit a repository: coverage-lost, once, until it answers again. It is for losses that no audit of the
 * repository itself could record: the audit broke off, or the registry refuses the credentials and one repository tells it for all.
 * `lastListed`: the newest earlier run that listed the repository, or null.
 */
export async function loseCoverage(
  item: WorkItem,
  { loss, explanation }: LostCoverage,
  { id: run, lastListed }: { readonly id: RunId; readonly lastListed: RunId | null },
  store: StateStore & EvidenceStore,
): Promise<void> {
  await updateRepository(store, item.name, run, ({ repository }) => {
    const previous = repository ?? NEW_REPOSITORY;
    if (previous.coverageLost) return null;
    const { owner, graceSeconds } = item.entries[0];
    const facts = {
      explanation,
      ...NO_FACTS,
      lastSeenBefore: lastListed,
      owner,
      graceSeconds,
      losses: [loss],
    };
    const change = newChange({ repository: item.name, kind: "opened", cause: "coverage-lost", run, facts });
    const pending = [...previous.pending, ...inOrder([change], previous.version)];
    return { repository: { ...previous, run, coverageLost: true, pending }, tags: [] };
  });
}
