import type { Coverage } from "../history/run-record.ts";

/**
 * Whether a run looked at a repository at all. Where its audit failed as a whole, none of the releases that were there was looked at: what
 * they were before is not what they were then.
 */
export function isSeen({ listed, expected, releases }: Coverage): boolean {
  return listed || releases > 0 || expected === 0;
}
