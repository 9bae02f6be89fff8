import { NO_FACTS } from "../../history/no-facts.ts";
import { CAUSES, type Cause } from "../../history/cause.ts";
import { deriveChangeId } from "../../history/change-id.ts";
import type { Change, ChangeFacts } from "../../history/state.ts";
import type { Run } from "../audit-ports.ts";
import type { RepositoryOutcome } from "../repository-outcome.ts";
import type { RepositorySummary } from "../repository-outcome.ts";
import type { RepositoryChange } from "./repository-change.ts";

/** What began after the run that listed the repository last; anything else of a repository is seen, and began nobody knows when. */
const LASTING_SINCE: ReadonlySet<Cause> = new Set<Cause>(["coverage-lost", "never-signed"]);

/** The change to record with the state of the repository. */
export function buildRepositoryChange(change: RepositoryChange, outcome: RepositoryOutcome, run: Run): Change {
  const about = change.about === undefined ? {} : { about: change.about };
  const draft = {
    repository: outcome.item.name,
    tag: null,
    kind: change.kind,
    cause: change.cause,
    run: run.id,
    ...about,
    after: nothing(run),
  };
  const lastSeenBefore = LASTING_SINCE.has(change.cause) ? run.lastListed(outcome.item.name) : null;
  const facts = { ...factsOf(change.explanation, outcome), lastSeenBefore, ...change.facts };
  return { id: deriveChangeId(draft), ...draft, severity: CAUSES[change.cause].severity, before: null, facts };
}

/** How the repository was found by its first complete audit. */
export function buildBaseline(outcome: RepositoryOutcome, { counts }: RepositorySummary, run: Run): Change {
  const draft = { repository: outcome.item.name, tag: null, kind: "baseline" as const, cause: null, run: run.id, after: nothing(run) };
  const facts = { ...factsOf("the tags were listed completely for the first time", outcome), counts };
  return { id: deriveChangeId(draft), ...draft, severity: "notice", before: null, facts };
}

function nothing(run: Run): Change["after"] {
  return { digest: null, verdict: null, reason: null, signers: [], run: run.id };
}

function factsOf(explanation: string, { item, listing }: RepositoryOutcome): ChangeFacts {
  return {
    explanation: listing.list.failure === null ? explanation : `${explanation} (${listing.list.failure.detail})`,
    ...NO_FACTS,
    owner: item.entries[0].owner,
    graceSeconds: item.entries[0].graceSeconds,
  };
}
