import { CAUSES } from "./cause.ts";
import { deriveChangeId } from "./change-id.ts";
import { nothingSeen } from "./nothing-seen.ts";
import type { Change } from "./state.ts";

/** What is said of a change; all else follows from it. */
type NewChange = Pick<Change, "repository" | "kind" | "cause" | "run" | "facts"> &
  Partial<Pick<Change, "tag" | "after" | "before" | "severity" | "flapping">> & { readonly about?: string | undefined };

/**
 * A change with its id. What is left out: the tag, of a change that is about the whole repository; `before` and `after`, if nothing was
 * seen; the severity, if it is that of the cause. A change without a cause is a notice, except for a storm, which is an alert. Pure.
 */
export function newChange(change: NewChange): Change {
  const { repository, tag = null, kind, cause, run, about, after = nothingSeen(run), flapping, before = null, facts } = change;
  const severity = change.severity ?? (cause === null ? (kind === "storm" ? "alert" : "notice") : CAUSES[cause].severity);
  const named = { repository, tag, kind, cause, run, ...(about !== undefined && { about }), after };
  return { id: deriveChangeId(named), ...named, ...(flapping && { flapping }), severity, before, facts };
}
