import { NO_FACTS } from "../../history/no-facts.ts";
import type { Cause } from "../../history/cause.ts";
import { newChange } from "../../history/new-change.ts";
import type { Change, ChangeFacts } from "../../history/state.ts";
import type { Run } from "../audit-ports.ts";
import type { RepositoryChange, RepositoryOutcome, RepositorySummary } from "../repository-outcome.ts";

/** Causes that began after the run that last listed the repository. Nobody knows when the other causes began. */
const LASTING_SINCE: ReadonlySet<Cause> = new Set<Cause>(["coverage-lost", "never-signed"]);

/** Builds the change that is recorded with the state of the repository. */
export function buildRepositoryChange(change: RepositoryChange, outcome: RepositoryOutcome, run: Run): Change {
  const { cause, kind, about } = change;
  const lastSeenBefore = LASTING_SINCE.has(cause) ? run.lastListed(outcome.item.name) : null;
  const facts = { ...factsOf(change.explanation, outcome), lastSeenBefore, ...change.facts };
  return newChange({ repository: outcome.item.name, kind, cause, run: run.id, about, facts });
}

/** Builds the change that shows the repository as its first complete audit found it. */
export function buildBaseline(outcome: RepositoryOutcome, { counts }: RepositorySummary, run: Run): Change {
  const facts = { ...factsOf("the tags were listed completely for the first time", outcome), counts };
  return newChange({ repository: outcome.item.name, kind: "baseline", cause: null, run: run.id, facts });
}

function factsOf(explanation: string, { item, listing }: RepositoryOutcome): ChangeFacts {
  return {
    explanation: listing.list.failure === null ? explanation : `${explanation} (${listing.list.failure.detail})`,
    ...NO_FACTS,
    owner: item.entries[0].owner,
    graceSeconds: item.entries[0].graceSeconds,
  };
}
