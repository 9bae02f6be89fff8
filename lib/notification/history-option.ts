import { quoteShell } from "../text/escape.ts";

/** The context that a text needs beyond its finding. */
export interface TextContext {
  /** The location of the history for `--history` in commands, or null if the default finds it. */
  readonly history: string | null;
}

/** Returns ` --history FILE`, or nothing. */
export function historyOption({ history }: TextContext): string {
  return history === null ? "" : ` --history ${quoteShell(history)}`;
}
