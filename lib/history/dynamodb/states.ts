import { compareChanges } from "../change-id.ts";
import { readNumber, readText, type Item } from "./item.ts";
import { REPOSITORY_PREFIX, repositoryPartition } from "./keys.ts";
import type { HistoryTable } from "./table.ts";
import { record } from "./record.ts";
import type { StateStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import type { Change, RepositoryHistory, RepositoryState, TagState } from "../state.ts";

/** States of repositories and tags of a history in DynamoDB. */
export function openStates(table: HistoryTable): Unwrapped<StateStore> {
  return { loadRepository: (name) => loadRepository(table, name), record: (name, states) => record(table, name, states) };
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
  const tagOf = (item: Item): string => readText(item, "sk").slice(REPOSITORY_PREFIX.tag.length);
  return {
    repository: state === null ? null : readState(state, pendingOf(null)),
    tags: new Map(tags.map((item) => [tagOf(item), readState(item, pendingOf(tagOf(item)))])),
  };
}

function readState(item: Item, pending: readonly Change[]): RepositoryState & TagState {
  return { ...JSON.parse(readText(item, "state")), version: readNumber(item, "version"), pending };
}
