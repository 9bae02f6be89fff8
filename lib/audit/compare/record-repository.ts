import type { Cause } from "../../history/cause.ts";
import { inOrder } from "../../history/change-id.ts";
import type { CoverageChange } from "../../history/compare/coverage.ts";
import { compareSigning } from "../../history/compare/never-signed.ts";
import type { Change, RepositoryHistory, RepositoryState } from "../../history/state.ts";
import type { AuditPorts, RecalledRun, Run } from "../audit-ports.ts";
import { NEW_REPOSITORY } from "../../history/new-repository.ts";
import { updateRepository } from "../../history/update-repository.ts";
import { countOf } from "../../text/count-of.ts";
import type { RepositoryChange, RepositoryOutcome, RepositorySummary } from "../repository-outcome.ts";
import { buildBaseline, buildRepositoryChange } from "./build-repository-change.ts";
import { forecastRemovals, type RepositoryForecast } from "./forecast-removals.ts";
import { judgeCoverage } from "./judge-coverage.ts";
import { addSummaries, summariseOutcome } from "./repository-summary.ts";
import { tellOnce } from "./tell-once.ts";
import { compareWatched } from "./watched-releases.ts";

/** A referrers API that answers 404 for this many nights, while everything else answers, is gone (architecture section 3). */
const RETIRED_AFTER_NIGHTS = 7;

/**
 * Records the state of a repository after all its tags: its baseline and coverage, whether it ever signed, and what is known of its API.
 * `refusedElsewhere` says that another repository of the same registry reports the refused credentials. Returns warnings for people.
 */
export async function recordRepository(
  outcome: RepositoryOutcome,
  refusedElsewhere: boolean,
  run: Run,
  { store, clients }: AuditPorts,
): Promise<string[]> {
  const after = historyAfter(outcome);
  const forecasts = outcome.listing.outcome === "complete" ? await forecastRemovals(outcome, after, run, { clients }) : null;
  const next = (history: RepositoryHistory): NextRepository | null => nextRepository(outcome, history, refusedElsewhere, forecasts, run);
  const recorded = await updateRepository(store, outcome.item.name, run, next, after);
  return recorded?.warnings ?? [];
}

/** Returns the history as this run left it, without reading it. Its version shows whether somebody else has written since. */
function historyAfter({ history, releases }: RepositoryOutcome): RepositoryHistory {
  const tags = new Map(history.tags);
  for (const { facts, state } of releases) tags.set(facts.release.tag, state);
  return { repository: history.repository, tags };
}

/** Remembers that a repository where only signatures are stored has a referrers API, so that a 404 is a failure there from now on. */
export async function rememberReferrersApi(name: string, run: RecalledRun, { store }: AuditPorts): Promise<void> {
  const referrersApi = { learned: true, missingNights: 0, missingRun: null };
  await updateRepository(store, name, run, ({ repository }) => {
    const previous = repository ?? NEW_REPOSITORY;
    return previous.referrersApi.learned ? null : { repository: { ...previous, run: run.id, referrersApi }, tags: [] };
  });
}

interface NextRepository {
  readonly repository: RepositoryState;
  readonly tags: readonly [];
  /** For people. */
  readonly warnings: string[];
}

/** Returns the next state of the repository, or null if nothing differs. Pure. */
function nextRepository(
  outcome: RepositoryOutcome,
  history: RepositoryHistory,
  refusedElsewhere: boolean,
  forecasts: readonly RepositoryForecast[] | null,
  run: Run,
): NextRepository | null {
  const previous = history.repository ?? NEW_REPOSITORY;
  const own = summariseOutcome(outcome);
  const summary = outcome.earlier === null ? own : addSummaries(outcome.earlier, own);
  const coverage = judgeCoverage(outcome, summary, history, refusedElsewhere, run);
  const complete = outcome.listing.outcome === "complete" && outcome.finished;
  // Releases that were there from the beginning but did not fit into the first night belong to the baseline, too.
  const baselineRun = previous.baselineRun ?? (complete && outcome.waiting.length === 0 ? run.id : null);
  const baseline = [...history.tags.values()].filter(
    (state) => state.timeline[0]?.since !== undefined && baselineRun !== null && state.timeline[0].since <= baselineRun,
  );
  const signing = compareSigning({
    previous: history.repository,
    // A mirror is told by what its source has.
    baseline:
      baselineRun === null || outcome.item.entries[0].mirrorOf !== undefined
        ? null
        : { releases: baseline.length, judged: baseline.filter((state) => state.last !== null).length },
    signed: summary.counts.signed > 0,
  });
  const api = nextReferrersApi(outcome, summary, previous, run);
  const once = tellOnce(outcome, summary, previous, forecasts, run);
  const watched = compareWatched(outcome, summary, previous, {
    isLost: coverage.coverageLost,
    hasBaseline: previous.baselineRun !== null,
  });
  const told: RepositoryChange[] = [
    ...coverage.changes.map(coverageChange),
    ...watched.changes,
    ...changeOf("never-signed", signing.change, explainSigning(signing.change, baseline.length)),
    ...once.changes,
    ...appearance(previous, baselineRun, summary),
  ];
  const changes: Change[] = [
    ...told.map((change) => buildRepositoryChange(change, outcome, run)),
    ...(previous.baselineRun === null && baselineRun !== null ? [buildBaseline(outcome, summary, run)] : []),
  ];
  const rules = complete ? nextRules(outcome, previous, run) : previous.rules;
  const { lost: _lost, nothingWatched: _nothing, waiting: _waiting, ...kept } = previous;
  const state: RepositoryState = {
    ...kept,
    run: run.id,
    baselineRun,
    referrersApi: api.state,
    unansweredSince: coverage.unansweredSince,
    everSigned: signing.everSigned,
    neverSigned: signing.neverSigned,
    coverageLost: coverage.coverageLost,
    pending: [...previous.pending, ...inOrder(changes, previous.version)],
    ...(rules === undefined ? {} : { rules }),
    ...(once.toldOnce === undefined ? {} : { toldOnce: once.toldOnce }),
    ...(coverage.lost === undefined ? {} : { lost: coverage.lost }),
    ...watched.state,
  };
  const same = JSON.stringify({ ...state, run: "" }) === JSON.stringify({ ...previous, run: "" });
  return same && history.repository !== null ? null : { repository: state, tags: [], warnings: api.warnings };
}

/** Each loss is a finding about itself, beside others of the same repository. */
function coverageChange({ kind, loss, explanation, since }: CoverageChange): RepositoryChange {
  if (loss === null) return { cause: "coverage-lost", kind, explanation };
  const facts = { losses: [loss], ...(since === null ? {} : { lastSeenBefore: since }) };
  return { cause: "coverage-lost", kind, explanation, about: loss, facts };
}

/** A repository that a pattern found is told with what its first complete audit found: nobody wrote its name, so nobody waits for it. */
function appearance(previous: RepositoryState, baselineRun: string | null, { counts }: RepositorySummary): RepositoryChange[] {
  if (previous.appeared === undefined || previous.baselineRun !== null || baselineRun === null) return [];
  const verdicts = (["signed", "untrusted", "unsigned", "unknown", "pending"] as const).filter((word) => counts[word] > 0);
  const found = verdicts.map((word) => `${counts[word]} ${word}`).join(", ");
  const explanation = `its first complete audit found ${countOf(counts.releases, "release")}${found === "" ? "" : `: ${found}`}`;
  return [{ cause: "repository-appeared", kind: "opened", explanation, facts: { counts } }];
}

function explainSigning(change: "opened" | "recovered" | null, releases: number): string {
  return change === "opened" ? `none of the ${releases} releases of the first audit is signed` : "a release is signed now";
}

/** Returns the run since which each rule is in force. A rule that is over is forgotten, because one like it would be a new decision. */
function nextRules(outcome: RepositoryOutcome, previous: RepositoryState, run: Run): RepositoryState["rules"] {
  if (outcome.rules.length === 0 && previous.rules === undefined) return undefined;
  return Object.fromEntries(outcome.rules.map((key) => [key, previous.rules?.[key] ?? run.id]));
}

function nextReferrersApi(
  { listing, item }: RepositoryOutcome,
  { referrersApi }: RepositorySummary,
  previous: RepositoryState,
  run: Run,
): { state: RepositoryState["referrersApi"]; warnings: string[] } {
  const before = previous.referrersApi;
  const learned = before.learned || referrersApi.learned;
  const silent = before.learned && referrersApi.missing > 0 && referrersApi.listed === 0 && listing.outcome === "complete";
  if (!silent) {
    const answered = referrersApi.listed > 0 || before.missingNights === 0;
    return {
      state: { learned, missingNights: answered ? 0 : before.missingNights, missingRun: answered ? null : before.missingRun },
      warnings: [],
    };
  }
  const newNight = before.missingRun?.slice(0, 10) !== run.id.slice(0, 10);
  const missingNights = before.missingNights + (newNight ? 1 : 0);
  if (missingNights < RETIRED_AFTER_NIGHTS) return { state: { learned, missingNights, missingRun: run.id }, warnings: [] };
  const warning = `${item.name}: its referrers API has answered 404 for ${missingNights} nights; from now on it counts as not there`;
  return { state: { learned: false, missingNights: 0, missingRun: null }, warnings: [warning] };
}

function changeOf(
  cause: Cause,
  kind: RepositoryChange["kind"] | null,
  explanation: string,
  facts: RepositoryChange["facts"] = {},
): RepositoryChange[] {
  return kind === null ? [] : [{ cause, kind, explanation, facts }];
}
