import type { FoundRepository } from "../read/read-repositories.ts";
import { reportWarning } from "../read/source-file.ts";
import { selectsNothing } from "./find-overlap.ts";

/** Warns of each entry whose `tags:` match no tag at all: its repository would be watched in name only. */
export function reportEmptySelections(found: readonly FoundRepository[]): void {
  const reported = new Set<FoundRepository["tags"]>();
  for (const { at, tags } of found) {
    if (reported.has(tags) || !selectsNothing(tags)) continue;
    reported.add(tags);
    reportWarning(
      at,
      "nothing-watched",
      "found tags: that match no tag, because they leave out all that they take",
      "correct include:, moving: or exclude:",
    );
  }
}
