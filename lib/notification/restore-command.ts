import type { Cause } from "../history/cause.ts";
import type { Snapshot } from "../history/state.ts";
import { quoteShell } from "../text/escape.ts";
import { historyOption, type TextContext } from "./history-option.ts";

/** What a restoring command needs of a finding or of the change that opened it. */
interface Restorable {
  /** That of the finding. */
  readonly id: string;
  readonly cause: Cause | null;
  readonly repository: string;
  readonly tag: string | null;
  readonly before: Snapshot | null;
}

/**
 * Returns the command that restores what a finding lost, with whole digests: the image that a tag named, or a kept signature. Null if there
 * is nothing to restore. Escaped.
 */
export function restoreCommand({ id, cause, repository, tag, before }: Restorable, context: TextContext): string | null {
  if (before === null || before.digest === null || tag === null) return null;
  if (cause === "tag-moved" || cause === "tag-rolled-back")
    return `crane tag ${quoteShell(`${repository}@${before.digest}`)} ${quoteShell(tag)}`;
  const isLost = cause === "signature-deleted" || cause === "signature-detached";
  return isLost && before.signers.length > 0 ? `sealwatch restore ${id} --output signature${historyOption(context)}` : null;
}
