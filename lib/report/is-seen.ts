import type { Coverage } from "../history/run-record.ts";

/**
 * Reports whether a run looked at a repository at all. If its audit failed, the earlier states of its releases do not apply to that night.
 */
export function isSeen({ listed, expected, releases }: Coverage): boolean {
  return listed || releases > 0 || expected === 0;
}
