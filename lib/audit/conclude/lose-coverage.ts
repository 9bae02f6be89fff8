import { NO_FACTS } from "../../history/no-facts.ts";
import type { RunId } from "../../history/state.ts";
import type { HistoryStore } from "../../history/store.ts";
import { CAUSES } from "../../history/cause.ts";
import { deriveChangeId, inOrder } from "../../history/change-id.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { NEW_REPOSITORY } from "../../history/new-repository.ts";
import type { WorkItem } from "../release-night.ts";

const ATTEMPTS = 4;

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
  store: HistoryStore,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const previous = (await store.loadRepository(item.name)).repository ?? NEW_REPOSITORY;
    if (previous.coverageLost || previous.run > run) return;
    const nothing = { digest: null, verdict: null, reason: null, signers: [], run };
    const draft = { repository: item.name, tag: null, kind: "opened", cause: "coverage-lost", run, after: nothing } as const;
    const { owner, graceSeconds } = item.entries[0];
    const facts = {
      explanation,
      ...NO_FACTS,
      lastSeenBefore: lastListed,
      owner,
      graceSeconds,
      losses: [loss],
    };
    const change = { id: deriveChangeId(draft), ...draft, severity: CAUSES["coverage-lost"].severity, before: null, facts };
    try {
      const state = { ...previous, run, coverageLost: true, pending: [...previous.pending, ...inOrder([change], previous.version)] };
      return await store.record(item.name, { repository: state, tags: [] });
    } catch (error) {
      if (!(error instanceof SealwatchError) || error.code !== "history-conflict" || attempt >= ATTEMPTS) throw error;
    }
  }
}
