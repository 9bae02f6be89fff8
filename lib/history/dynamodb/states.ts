import { readRecordedState } from "../stored/damaged-record.ts";
import { compareChanges } from "../change-id.ts";
import { readNumber, readOptionalNumber, readText, type Item } from "./item.ts";
import { REPOSITORY_PREFIX, repositoryPartition } from "./keys.ts";
import type { HistoryTable } from "./table.ts";
import { record } from "./record.ts";
import type { StateStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import type { Change, RepositoryHistory, RepositoryState, TagState } from "../state.ts";

/** States of repositories and tags of a history in DynamoDB. */
export function openStates(table: HistoryTable): Unwrapped<StateStore> {
  const known = new Set<string>();
  return { loadRepository: (name) => loadRepository(table, name), record: (name, states) => record(table, name, states, known) };
}

/** The tag that an item is about. */
export function tagOf(item: Item): string {
  return readText(item, "sk").slice(REPOSITORY_PREFIX.tag.length);
}

/**
 * Loads a repository with its tags and pending changes. All of them are in one partition, so that a night without changes costs one Query
 * for each repository. Pending changes are items of their own: a record only adds to them, and only a conclusion deletes them. A second
 * partition lists those of all repositories, because no Query could collect them.
 */
async function loadRepository(table: HistoryTable, name: string): Promise<RepositoryHistory> {
  let state: Item | null = null;
  const tags: Item[] = [];
  const pending = new Map<string | null, Change[]>();
  for await (const item of table.query(repositoryPartition(name))) {
    const sk = readText(item, "sk");
    if (sk === REPOSITORY_PREFIX.state) state = item;
    if (sk.startsWith(REPOSITORY_PREFIX.tag)) tags.push(item);
    if (sk.startsWith(REPOSITORY_PREFIX.pending)) {
      const change: Change = JSON.parse(readText(item, "change"));
      pending.set(change.tag, [...(pending.get(change.tag) ?? []), change]);
    }
  }
  const pendingOf = (tag: string | null): Change[] => (pending.get(tag) ?? []).toSorted(compareChanges);
  return {
    repository: state === null ? null : readState(state, null, pendingOf(null)),
    tags: new Map(tags.map((item) => [tagOf(item), readState(item, tagOf(item), pendingOf(tagOf(item)))])),
  };
}

/** Reads the state of a tag or, for null, of the repository. */
export function readState(item: Item, tag: string | null, pending: readonly Change[]): RepositoryState & TagState {
  const number = readOptionalNumber(item, "number") ?? 0;
  const state = readRecordedState(readText(item, "state"), tag);
  return { ...state, version: readNumber(item, "version"), ...(number > 0 && { number }), pending };
}
