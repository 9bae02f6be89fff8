import { inOrder } from "../history/change-id.ts";
import { newChange } from "../history/new-change.ts";
import { NEW_REPOSITORY } from "../history/new-repository.ts";
import { NO_FACTS } from "../history/no-facts.ts";
import { findText } from "../history/past/find-evidence.ts";
import { WATCH_LIST_NAME, type ChangeFacts, type RepositoryState } from "../history/state.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { EvidenceStore, StateStore } from "../history/store.ts";
import { updateRepository } from "../history/update-repository.ts";
import type { RegistryClients } from "../registry/repository-client.ts";
import { expandPatterns } from "../watchlist/select/expand-patterns.ts";
import { parseWatchListDocument } from "../watchlist/record/watch-list-document.ts";
import type { WatchedPattern, WatchList } from "../watchlist/watch-list.ts";
import type { RunRef } from "../history/run-record.ts";
import type { RecalledRun } from "./audit-ports.ts";
import { listPatterns, type FormerNames, type ListedPattern } from "./list/list-patterns.ts";
import type { UnlistedPattern } from "./part.ts";

type Recorder = StateStore & EvidenceStore;

interface ExpansionPorts {
  readonly clients: Pick<RegistryClients, "of" | "listRepositories">;
  readonly store: Recorder;
  /** Aborted if somebody ends the audit. A call whose own time ends goes on with the repositories of the last listing. */
  readonly signal?: AbortSignal;
}

/** A watch list with the repositories that its patterns match tonight. */
interface ExpandedWatchList {
  readonly watchList: WatchList;
  readonly unlisted: readonly UnlistedPattern[];
  /** The repositories that are gone since the last listing. */
  readonly gone: readonly string[];
}

/**
 * Finds the repositories that the patterns of the watch list match, and records what follows: a repository that is gone, or back; a
 * registry that does not list its repositories any more. Nothing is asked or written if the watch list has no patterns. `only` names the
 * repositories of a partial run: they are taken as they are.
 */
export async function expandWatchList(
  watchList: WatchList,
  only: readonly string[] | null,
  run: RunRef,
  { clients, store, signal }: ExpansionPorts,
): Promise<ExpandedWatchList> {
  if (watchList.patterns.length === 0) return { watchList, unlisted: [], gone: [] };
  const former = await recallNames(store);
  if (only !== null) return { watchList: expandPatterns(watchList, [...[...former.values()].flat(), ...only]), unlisted: [], gone: [] };
  const listed = await listPatterns(watchList.patterns, former, clients);
  // What was stopped proves nothing of the registry.
  if (signal?.aborted) throw new SealwatchError("aborted", "audit: stopped while repositories were listed; nothing was judged yet");
  for (const pattern of listed) await recordPattern(pattern, run, store);
  const expanded = expandPatterns(
    watchList,
    listed.flatMap(({ names }) => names),
  );
  return {
    watchList: expanded,
    unlisted: listed.flatMap(({ pattern, names, failure }) =>
      failure === null ? [] : [{ pattern: pattern.name, detail: failure.detail, kept: names.length }],
    ),
    gone: listed.flatMap(({ gone }) => gone),
  };
}

/** Returns what the patterns of the last recorded watch list matched. */
async function recallNames(store: Recorder): Promise<FormerNames> {
  const { repository } = await store.loadRepository(WATCH_LIST_NAME);
  const text = repository?.watchList === undefined ? null : await findText(store, repository.watchList);
  const document = text === null ? null : parseWatchListDocument(text);
  const entries = document?.repositories ?? [];
  return new Map(
    (document?.patterns ?? []).map(({ name }) => [
      name,
      [...new Set(entries.flatMap((entry) => (entry.pattern === name ? [entry.repository] : [])))],
    ]),
  );
}

async function recordPattern(listed: ListedPattern, run: RunRef, store: Recorder): Promise<void> {
  const { pattern, gone, appeared } = listed;
  const { repository } = await store.loadRepository(pattern.name);
  // The repositories of the first listing are no news.
  const first = repository?.baselineRun ?? null;
  const isNews = first !== null && first !== run.id;
  for (const name of gone) await tell(name, run, store, ({ gone: since }) => (since ? null : lose(name, pattern, run)));
  for (const name of isNews ? appeared : []) await tell(name, run, store, (previous) => welcome(previous, run));
  await tell(pattern.name, run, store, (previous) => judgePattern(listed, previous, run));
}

/** What is told of a repository or pattern, and what its state remembers of it. */
interface Told {
  /** Null if nothing is told. */
  readonly kind: "opened" | "recovered" | null;
  readonly cause: "repository-gone" | "coverage-lost";
  readonly explanation: string;
  readonly facts?: Partial<ChangeFacts>;
  readonly state: Partial<Pick<RepositoryState, "baselineRun" | "unansweredSince" | "coverageLost" | "gone" | "appeared">>;
}

function lose(name: string, { name: pattern, settings }: WatchedPattern, { id }: Pick<RecalledRun, "id">): Told {
  const explanation = `the registry does not list it any more, and ${name} itself shows no tags; it was watched by ${pattern}`;
  return { kind: "opened", cause: "repository-gone", explanation, facts: { owner: settings.owner }, state: { gone: id } };
}

/** A new repository is told once its releases were judged; one that is back ends what was told of it. */
function welcome(previous: RepositoryState, { id }: Pick<RecalledRun, "id">): Told | null {
  const explanation = "the registry lists the repository again";
  if (previous.gone) return { kind: "recovered", cause: "repository-gone", explanation, state: { gone: null } };
  if (previous.appeared !== undefined || previous.baselineRun !== null) return null;
  return { kind: null, cause: "repository-gone", explanation, state: { appeared: id } };
}

/** Decides what is told of a registry that does not list its repositories: at once if it refuses or never did, else after `unknownFor`. */
function judgePattern({ pattern, failure, names }: ListedPattern, previous: RepositoryState, run: Pick<RecalledRun, "id">): Told | null {
  const cause = "coverage-lost";
  if (failure === null) {
    if (previous.baselineRun !== null && previous.unansweredSince === null && !previous.coverageLost) return null;
    const kind = previous.coverageLost ? "recovered" : null;
    const state = { baselineRun: previous.baselineRun ?? run.id, unansweredSince: null, coverageLost: false };
    return { kind, cause, explanation: "the repositories are listed again", state };
  }
  const since = previous.unansweredSince ?? run.id;
  const refused = failure.code === "unauthorized" || failure.code === "forbidden";
  const age = (Date.parse(run.id) - Date.parse(since)) / 1000;
  const isLost = refused || previous.baselineRun === null || age > pattern.settings.unknownForSeconds;
  const kept = names.length === 0 ? "none is audited" : `the ${names.length} of the last listing are audited, and new ones are not seen`;
  if (previous.unansweredSince === since && (previous.coverageLost || !isLost)) return null;
  return {
    kind: isLost && !previous.coverageLost ? "opened" : null,
    cause,
    explanation: `the registry does not list the repositories (${failure.detail}): ${kept}`,
    facts: { owner: pattern.settings.owner, losses: [refused ? "refused" : "unanswered"] },
    state: { unansweredSince: since, coverageLost: isLost || previous.coverageLost },
  };
}

/** Records what `judge` says of the recorded state. It writes nothing if there is nothing to tell or to remember. */
async function tell(name: string, run: RunRef, store: Recorder, judge: (previous: RepositoryState) => Told | null): Promise<void> {
  await updateRepository(store, name, run, ({ repository }) => {
    const previous = repository ?? NEW_REPOSITORY;
    const told = judge(previous);
    if (told === null) return null;
    const { kind, cause, explanation } = told;
    const facts = { explanation, ...NO_FACTS, ...told.facts };
    const changes = kind === null ? [] : [newChange({ repository: name, kind, cause, run: run.id, facts })];
    const pending = [...previous.pending, ...inOrder(changes, previous.version)];
    return { repository: { ...previous, ...told.state, run: run.id, pending }, tags: [] };
  });
}
