import { NO_FACTS } from "../../history/no-facts.ts";
import type { RunId } from "../../history/state.ts";
import type { EvidenceStore, StateStore } from "../../history/store.ts";
import { inOrder } from "../../history/change-id.ts";
import { newChange } from "../../history/new-change.ts";
import { NEW_REPOSITORY } from "../../history/new-repository.ts";
import { updateRepository } from "../../history/update-repository.ts";
import type { WorkItem } from "../release-night.ts";

/**
 * Records that a run could not audit a repository: coverage-lost, once, until it answers again. For what no audit of the repository itself
 * could record: it broke off, or its registry refuses the credentials and one repository tells it for all.
 */
export async function loseCoverage(
  item: WorkItem,
  { loss, explanation }: { readonly loss: "refused" | "unanswered"; readonly explanation: string },
  run: RunId,
  store: StateStore & EvidenceStore,
): Promise<void> {
  await updateRepository(store, item.name, run, ({ repository }) => {
    const previous = repository ?? NEW_REPOSITORY;
    if (previous.coverageLost) return null;
    const { owner, graceSeconds } = item.entries[0];
    const facts = {
      explanation,
      ...NO_FACTS,
      lastSeenBefore: previous.run === "" ? null : (previous.unansweredSince ?? null),
      owner,
      graceSeconds,
      losses: [loss],
    };
    const change = newChange({ repository: item.name, kind: "opened", cause: "coverage-lost", run, facts });
    const pending = [...previous.pending, ...inOrder([change], previous.version)];
    return { repository: { ...previous, run, coverageLost: true, pending }, tags: [] };
  });
}
