import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { inSnapshot, inTransaction } from "./transaction.ts";
import { readState } from "./read-rows.ts";
import { readNullableText, readText, type Row } from "./row.ts";
import { prepareRunGuard } from "./run-guard.ts";
import { compareChanges } from "../change-id.ts";
import { numberChange } from "../stored/number-change.ts";
import { createTextPool, shareTexts } from "../stored/share-texts.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import type { Change, RepositoryState, TagState } from "../state.ts";
import type { StateStore } from "../store.ts";

/** States of repositories and tags in a SQLite history. A record only adds rows of pending changes; only a conclusion deletes them. */
export function openStates(database: DatabaseSync): Unwrapped<StateStore> {
  const selectRepository = database.prepare("SELECT version, number, state FROM repository_state WHERE repository = ?");
  const selectTags = database.prepare("SELECT tag, version, number, state FROM tag_state WHERE repository = ?");
  const selectPending = database.prepare("SELECT tag, change FROM pending_change WHERE repository = ? ORDER BY rowid");
  const insertRepository = database.prepare("INSERT OR IGNORE INTO repository_state VALUES (?, 1, ?, ?, ?)");
  const updateRepository = database.prepare(
    "UPDATE repository_state SET version = version + 1, run = ?1, state = ?2, number = ?5 WHERE repository = ?3 AND version = ?4 AND number <= ?5",
  );
  const insertTag = database.prepare("INSERT OR IGNORE INTO tag_state VALUES (?, ?, 1, ?, ?, ?)");
  const updateTag = database.prepare(
    "UPDATE tag_state SET version = version + 1, run = ?1, state = ?2, number = ?6 WHERE repository = ?3 AND tag = ?4 AND version = ?5 AND number <= ?6",
  );
  const insertPending = database.prepare(
    "INSERT OR IGNORE INTO pending_change SELECT ?1, ?2, ?3, ?4, ?5, 0 WHERE NOT EXISTS (SELECT 1 FROM change WHERE id = ?1)",
  );
  const writeObservation = database.prepare("INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?)");
  const guard = prepareRunGuard(database);

  const writeRepository = (name: string, state: RepositoryState): void => {
    const [text, number] = [formatState(state), guard(state.run)];
    const { changes } =
      state.version === 0
        ? insertRepository.run(name, state.run, text, number)
        : updateRepository.run(state.run, text, name, state.version, number);
    if (changes !== 1) throw conflict(name);
    writePending(state, number);
  };
  const writeTag = (name: string, state: TagState): void => {
    const [text, number] = [formatState(state), guard(state.run)];
    const { changes } =
      state.version === 0
        ? insertTag.run(name, state.tag, state.run, text, number)
        : updateTag.run(state.run, text, name, state.tag, state.version, number);
    if (changes !== 1) throw conflict(`${name}:${state.tag}`);
    writePending(state, number);
    const { observation } = state;
    if (!observation) return;
    writeObservation.run(name, observation.run, observation.tag, JSON.stringify(observation));
  };
  const writePending = ({ run, pending }: RepositoryState | TagState, number: number): void => {
    for (const change of pending) {
      const text = JSON.stringify(numberChange(change, run, number));
      insertPending.run(change.id, change.repository, change.tag, change.run, text);
    }
  };

  return {
    loadRepository: (name) =>
      inSnapshot(database, () => {
        const pending = Map.groupBy(selectPending.all(name), (row) => readNullableText(row, "tag"));
        const pendingOf = (tag: string | null): Change[] => (pending.get(tag) ?? []).map(readChange).toSorted(compareChanges);
        const row = selectRepository.get(name);
        const repository = row === undefined ? null : readState(row, pendingOf(null));
        const tags = new Map<string, TagState>();
        const share = createTextPool();
        for (const tagRow of selectTags.iterate(name)) {
          const tag = readText(tagRow, "tag");
          tags.set(tag, shareTexts(readState(tagRow, pendingOf(tag)), share));
        }
        return { repository, tags };
      }),
    record: (name, { repository, tags }) =>
      inTransaction(database, () => {
        for (const tag of tags) writeTag(name, tag);
        if (repository !== null) writeRepository(name, repository);
      }),
  };
}

function conflict(what: string): SealwatchError {
  return new SealwatchError("history-conflict", `record ${what}: another run wrote it since it was read`, { retryable: true });
}

/** The version and the number are columns, and pending changes and observations are rows, so the text contains none of them. */
function formatState(state: (RepositoryState | TagState) & { readonly observation?: unknown }): string {
  const { version: _version, number: _number, pending: _pending, observation: _observation, ...kept } = state;
  return JSON.stringify(kept);
}

function readChange(row: Row): Change {
  return JSON.parse(readText(row, "change"));
}
