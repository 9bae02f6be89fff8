import { policyKeyOf } from "../../history/findings/policy-findings.ts";
import type { Change } from "../../history/state.ts";
import { CONCLUDED_TOGETHER } from "../../history/store.ts";
import { parseVersionTag } from "../../watchlist/select/version-tag.ts";

/** Pending changes that are concluded in one transaction. */
export type Task =
  | { readonly kind: "one"; readonly change: Change }
  /** An opening that nobody was told of, and the reading that found the release signed after all. */
  | { readonly kind: "untold"; readonly opening: Change; readonly end: Change }
  /** Changes of one policy in one run: one finding. */
  | { readonly kind: "policy"; readonly key: string; readonly changes: readonly Change[] };

/**
 * In which steps pending changes are concluded, in their order; `waits` says which of them wait for another reading of their release. An
 * opening that nobody was told of and that a later reading took back is never told: but only by the same tag at the same digest signed.
 * Pure.
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

/**
 * Whether a signature that is found later takes an opening back. Not the move of a version tag, whatever it names now; nor a way back,
 * which is one with a signature, too (architecture section 5, "Second look").
 */
export function canBeTakenBack({ kind, tag, cause, after }: Pick<Change, "kind" | "tag" | "cause" | "after">): boolean {
  if (kind !== "opened" || tag === null || cause === "tag-rolled-back" || after.verdict === "signed") return false;
  return cause !== "tag-moved" || parseVersionTag(tag) === null;
}

function findEnd(opening: Change, next: Change | undefined): Change | null {
  if (!canBeTakenBack(opening)) return null;
  if (next?.kind !== "recovered" || next.after.verdict !== "signed" || next.after.digest !== opening.after.digest) return null;
  return next;
}
