import { policyKeyOf } from "../history/policy-findings.ts";
import type { Change } from "../history/state.ts";
import { CONCLUDED_TOGETHER } from "../history/store.ts";

/** Pending changes that are concluded in one transaction. */
export type Task =
  | { readonly kind: "one"; readonly change: Change }
  /** An opening that nobody was told of, and the reading that found the release signed after all. */
  | { readonly kind: "untold"; readonly opening: Change; readonly end: Change }
  /** Changes of one policy in one run: one finding. */
  | { readonly kind: "policy"; readonly changes: readonly Change[] };

/**
 * In which steps pending changes are concluded, in their order. `held` ones wait until they are `answered`. An opening that was held, or
 * that a second reading of the same run took back, is never told: but only by the same tag at the same digest signed, and never a move
 * (architecture section 5, "Second look"). Pure.
 */
export function planConclusions(pending: readonly Change[], held: ReadonlySet<string>, answered: ReadonlySet<string>): Task[] {
  const tasks: Task[] = [];
  const policies = new Map<string, Change[]>();
  const ends = new Set<string>();
  const next = followers(pending);
  for (const change of pending) {
    if (ends.has(change.id) || (held.has(change.id) && !answered.has(change.id))) continue;
    const key = policyKeyOf(change);
    if (key !== null) {
      const changes = policies.get(key);
      if (changes === undefined) policies.set(key, [change]);
      else changes.push(change);
      continue;
    }
    const end = findEnd(change, next.get(change), held);
    if (end !== null) ends.add(end.id);
    tasks.push(end === null ? { kind: "one", change } : { kind: "untold", opening: change, end });
  }
  for (const changes of policies.values()) {
    for (let at = 0; at < changes.length; at += CONCLUDED_TOGETHER)
      tasks.push({ kind: "policy", changes: changes.slice(at, at + CONCLUDED_TOGETHER) });
  }
  return tasks;
}

/** The change of the same release that follows each, if there is one. */
function followers(pending: readonly Change[]): ReadonlyMap<Change, Change> {
  const last = new Map<string, Change>();
  const next = new Map<Change, Change>();
  for (const change of pending) {
    const release = `${change.repository}\n${change.tag ?? ""}`;
    const before = last.get(release);
    if (before !== undefined) next.set(before, change);
    last.set(release, change);
  }
  return next;
}

function findEnd(opening: Change, next: Change | undefined, held: ReadonlySet<string>): Change | null {
  const isMove = opening.cause === "tag-moved" || opening.cause === "tag-rolled-back";
  if (opening.kind !== "opened" || opening.tag === null || isMove) return null;
  if (next?.kind !== "recovered" || next.after.verdict !== "signed" || next.after.digest !== opening.after.digest) return null;
  return next.run === opening.run || held.has(opening.id) ? next : null;
}
