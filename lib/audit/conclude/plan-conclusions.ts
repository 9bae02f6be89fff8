import { policyKeyOf } from "../../history/findings/policy-findings.ts";
import type { Change } from "../../history/state.ts";
import { CONCLUDED_TOGETHER } from "../../history/store.ts";
import { parseVersionTag } from "../../watchlist/select/version-tag.ts";

/** Pending changes that are concluded in one transaction. */
export type Task =
  | { readonly kind: "one"; readonly change: Change }
  /** An opening that nobody was told of, and the reading that found the release signed. */
  | { readonly kind: "untold"; readonly opening: Change; readonly end: Change }
  /** The changes of one policy in one run, which become one finding. */
  | { readonly kind: "policy"; readonly key: string; readonly changes: readonly Change[] };

/**
 * Plans how pending changes are concluded, in their order. `waits` reports whether a change waits for another reading of its release. An
 * opening that nobody was told of is never told if a later reading takes it back, but only if that shows the same tag at the same digest as
 * signed. Pure.
 */
export function planConclusions(pending: readonly Change[], waits: (change: Change) => boolean): Task[] {
  const tasks: Task[] = [];
  const policies = new Map<string, Change[]>();
  const ends = new Set<string>();
  const next = followers(pending);
  for (const change of pending) {
    if (ends.has(change.id)) continue;
    const end = findEnd(change, next.get(change));
    if (end !== null) {
      ends.add(end.id);
      tasks.push({ kind: "untold", opening: change, end });
      continue;
    }
    if (waits(change)) continue;
    const key = policyKeyOf(change);
    if (key === null) tasks.push({ kind: "one", change });
    else {
      const changes = policies.get(key);
      if (changes === undefined) policies.set(key, [change]);
      else changes.push(change);
    }
  }
  for (const [key, changes] of policies) {
    for (let at = 0; at < changes.length; at += CONCLUDED_TOGETHER)
      tasks.push({ kind: "policy", key, changes: changes.slice(at, at + CONCLUDED_TOGETHER) });
  }
  return tasks;
}

/** Maps each change to the next change of the same release. */
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

/**
 * Reports whether a signature that is found later takes an opening back. It does not take back the move of a version tag, nor a rollback,
 * which goes to a signed release anyway (architecture section 5, "Second look").
 */
export function canBeTakenBack({ kind, tag, cause, after }: Pick<Change, "kind" | "tag" | "cause" | "after">): boolean {
  if (kind !== "opened" || tag === null || cause === "tag-rolled-back" || cause === "never-judged" || after.verdict === "signed")
    return false;
  return cause !== "tag-moved" || parseVersionTag(tag) === null;
}

function findEnd(opening: Change, next: Change | undefined): Change | null {
  if (!canBeTakenBack(opening)) return null;
  if (next?.kind !== "recovered" || next.after.verdict !== "signed" || next.after.digest !== opening.after.digest) return null;
  return next;
}
