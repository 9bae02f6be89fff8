import type { DueReminders } from "../../history/findings/reminders.ts";
import { isMoveCause, isUnreadCause } from "../../history/cause.ts";
import { meanwhileOf } from "../../history/meanwhile.ts";
import { WATCH_LIST_NAME, type Finding, type RepositoryHistory, type TagState } from "../../history/state.ts";
import type { StateStore } from "../../history/store.ts";
import type { Reading } from "./reading.ts";

/**
 * Returns the reminders that are still true: their releases were looked at and are as they were told. If a tag names another image now, or
 * is no longer watched, its finding stays and nobody is reminded. Only repositories with due reminders are read.
 */
export async function keepTrueReminders(due: readonly DueReminders[], reading: Reading, store: StateStore): Promise<DueReminders[]> {
  const kept: DueReminders[] = [];
  for (const [name, ofRepository] of Map.groupBy(due, ({ finding }) => finding.repository)) {
    let history: RepositoryHistory | null = null;
    for (const one of ofRepository) {
      const { tag } = one.finding;
      if (tag === null) {
        if (name === WATCH_LIST_NAME || reading.watches(name)) kept.push(one);
        continue;
      }
      if (!reading.watches(name, tag)) continue;
      history ??= await store.loadRepository(name);
      if (isAsTold(one.finding, history.tags.get(tag))) kept.push(one);
    }
  }
  return kept;
}

function isAsTold({ cause, digest, after }: Finding, state: TagState | undefined): boolean {
  if (cause === "never-judged") return true;
  const told = meanwhileOf(state);
  if (isUnreadCause(cause)) return told?.causes.includes(cause) === true;
  if (isMoveCause(cause) && told?.move?.to === digest) return state?.timeline.at(-1)?.digest === digest;
  return state?.last?.digest === digest && state.last.verdict === after.verdict && state.shown.verdict === after.verdict;
}
