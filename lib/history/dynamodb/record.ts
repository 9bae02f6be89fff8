import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { ABSENT, type Action } from "./action.ts";
import { formatJsonText, formatNumber, formatText, type Item } from "./item.ts";
import { changeKey, observationKey, pendingKey, pendingListKey, repositoryKey, repositoryNameKey, tagKey, type Key } from "./keys.ts";
import { beginWriting, endWriting } from "./run-guard.ts";
import { numberChange } from "../stored/number-change.ts";
import type { HistoryTable, LoneAction } from "./table.ts";
import type { Change, RepositoryState, TagState } from "../state.ts";
import type { RecordedStates } from "../store.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

type State = (RepositoryState | TagState) & Pick<TagState, "observation">;

/** Enough that a record does not wait for DynamoDB tag by tag; the SDK's pool has 50 connections. */
const SIDE_BY_SIDE = 16;

/**
 * Writes each state by itself; the repository's own last, and only if no tag met a conflict. `known` are the repositories that are listed
 * as recorded.
 */
export async function record(table: HistoryTable, name: string, { repository, tags }: RecordedStates, known: Set<string>): Promise<void> {
  const states = repository === null ? tags : [...tags, repository];
  if (!known.has(name) && states.some(({ version }) => version === 0)) {
    await table.write({ kind: "put", key: repositoryNameKey(name), attributes: {} });
    known.add(name);
  }
  const numbers = new Map<string, number>();
  for (const run of new Set(states.map((state) => state.run))) numbers.set(run, await beginWriting(table, run));
  const write = (key: Key, state: State): Promise<boolean> => writeState(table, name, key, state, numbers.get(state.run) ?? 0);
  const lost: string[] = [];
  await workSideBySide(tags, SIDE_BY_SIDE, async (state) => {
    if (!(await write(tagKey(name, state.tag), state))) lost.push(`${name}:${state.tag}`);
  });
  const isLast = lost.length === 0 && repository !== null;
  if (isLast && !(await write(repositoryKey(name), repository))) lost.push(name);
  for (const number of numbers.values()) await endWriting(table, number);
  if (lost.length === 0) return;
  const others = lost.length === 1 ? "" : ` and ${lost.length - 1} more`;
  throw new SealwatchError("history-conflict", `record ${lost[0]}${others}: another run wrote it since it was read`, { retryable: true });
}

/** Returns false if the condition was not met. A transaction costs twice as much as a write, and most states need none. */
async function writeState(table: HistoryTable, name: string, key: Key, state: State, number: number): Promise<boolean> {
  const write = formatWrite(key, state, number);
  const { observation } = state;
  const together: Action[] = [write];
  if (observation) {
    const attributes = { observation: formatJsonText(observation) };
    together.push({ kind: "put", key: observationKey(name, observation, number), attributes });
  }
  if (together.length === 1 && state.pending.length === 0) return table.write(write);
  return writeWithPending(
    table,
    together,
    state.pending.map((change) => numberChange(change, state.run, number)),
  );
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

function formatWrite(key: Key, state: State, number: number): LoneAction {
  const { version, number: _number, pending: _pending, observation: _observation, ...kept } = state;
  const attributes = {
    version: formatNumber(version + 1),
    run: formatText(state.run),
    state: formatJsonText(kept),
    ...formatRunNumber(number),
  };
  if (version === 0) return { kind: "put", key, attributes, onlyIf: ABSENT };
  const values = { ":version": formatNumber(version), ":number": formatNumber(number) };
  // States of older versions have no number, and are older than any run.
  const onlyIf = "#version = :version AND (attribute_not_exists(#number) OR #number <= :number)";
  return { kind: "put", key, attributes, onlyIf, values };
}

function formatRunNumber(number: number): Item {
  return number === 0 ? {} : { number: formatNumber(number) };
}

const ACTIONS_OF_PENDING = 3;

function formatPending(change: Change): Action[] {
  const attributes = { change: formatJsonText(change), ...formatRunNumber(change.number ?? 0) };
  return [
    { kind: "require", key: changeKey(change), onlyIf: ABSENT },
    { kind: "put", key: pendingKey(change), attributes, onlyIf: ABSENT },
    { kind: "put", key: pendingListKey(change), attributes, onlyIf: ABSENT },
  ];
}
