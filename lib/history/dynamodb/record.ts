import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { entryOfObservation } from "../chain/chain-entry.ts";
import { ABSENT, type Action } from "./action.ts";
import { formatMark } from "./chain.ts";
import { formatJsonText, formatNumber, formatText } from "./item.ts";
import { changeKey, observationKey, pendingKey, pendingListKey, repositoryKey, tagKey, type Key } from "./keys.ts";
import type { HistoryTable, LoneAction } from "./table.ts";
import type { Change, RepositoryState, TagState } from "../state.ts";
import type { RecordedStates } from "../store.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

type State = (RepositoryState | TagState) & Pick<TagState, "observation">;

/** Enough that a record does not wait for DynamoDB tag by tag; the SDK's pool has 50 connections. */
const SIDE_BY_SIDE = 16;

/** Writes each state by itself; the repository's own last, and only if no tag met a conflict. */
export async function record(table: HistoryTable, name: string, { repository, tags }: RecordedStates): Promise<void> {
  const lost: string[] = [];
  await workSideBySide(tags, SIDE_BY_SIDE, async (state) => {
    if (!(await writeState(table, name, tagKey(name, state.tag), state))) lost.push(`${name}:${state.tag}`);
  });
  const isLast = lost.length === 0 && repository !== null;
  if (isLast && !(await writeState(table, name, repositoryKey(name), repository))) lost.push(name);
  if (lost.length === 0) return;
  const others = lost.length === 1 ? "" : ` and ${lost.length - 1} more`;
  throw new SealwatchError("history-conflict", `record ${lost[0]}${others}: another run wrote it since it was read`, { retryable: true });
}

/** Returns false if the condition was not met. A transaction costs twice as much as a write, and most states need none. */
async function writeState(table: HistoryTable, name: string, key: Key, state: State): Promise<boolean> {
  const write = formatWrite(key, state);
  const { observation } = state;
  const together: Action[] = [write];
  if (observation) {
    const attributes = { observation: formatJsonText(observation) };
    together.push({ kind: "put", key: observationKey(name, observation), attributes }, formatMark(entryOfObservation(name, observation)));
  }
  if (together.length === 1 && state.pending.length === 0) return table.write(write);
  return writeWithPending(table, together, state.pending);
}

/**
 * Writes a state with those of its pending changes that are new. The state may name changes that are stored already, or that were concluded
 * since it was read; both must stay as they are. The conditions that are not met tell which ones. As a rule all of them are new, so nothing
 * is read first.
 */
async function writeWithPending(table: HistoryTable, together: readonly Action[], pending: readonly Change[]): Promise<boolean> {
  for (let left = pending; ;) {
    const actions = left.map(formatPending);
    const lost = await table.transact([...together, ...actions.flat()]);
    if (lost.length === 0) return true;
    if (lost.some((at) => at < together.length)) return false;
    const known = new Set(lost.map((at) => Math.floor((at - together.length) / ACTIONS_OF_PENDING)));
    left = left.filter((_, at) => !known.has(at));
  }
}

function formatWrite(key: Key, state: State): LoneAction {
  const { version, pending: _pending, observation: _observation, ...kept } = state;
  const attributes = { version: formatNumber(version + 1), run: formatText(state.run), state: formatJsonText(kept) };
  if (version === 0) return { kind: "put", key, attributes, onlyIf: ABSENT };
  const values = { ":version": formatNumber(version), ":run": formatText(state.run) };
  return { kind: "put", key, attributes, onlyIf: "#version = :version AND #run <= :run", values };
}

const ACTIONS_OF_PENDING = 3;

function formatPending(change: Change): Action[] {
  const attributes = { change: formatJsonText(change) };
  return [
    { kind: "require", key: changeKey(change), onlyIf: ABSENT },
    { kind: "put", key: pendingKey(change), attributes, onlyIf: ABSENT },
    { kind: "put", key: pendingListKey(change), attributes, onlyIf: ABSENT },
  ];
}
