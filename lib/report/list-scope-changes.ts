import type { KnownFacts } from "./known-facts.ts";
import { compareScopes } from "./compare-scopes.ts";
import type { ScopeChange } from "./report-model.ts";
import type { Stretch } from "./report-period.ts";

const LOST =
  "the same watch list, of which no readable text is kept: what it left out, and exemptions that covered nothing, cannot be told";

/** Lists every change of the watch list in a stretch, oldest first, and once each watch list that cannot be read. */
export function listScopeChanges({ runs, watchLists }: KnownFacts, stretch: Stretch): ScopeChange[] {
  const changes: ScopeChange[] = [];
  let before: KnownFacts["runs"][number]["watchList"] = null;
  const lost = new Set<string>();
  for (const { id, at, over, watchList } of runs) {
    if (!over || watchList === null || at >= stretch.to) continue;
    const previous = before;
    before = watchList;
    if (at < stretch.from) continue;
    const document = watchLists.get(watchList);
    if (previous === watchList) {
      // An unchanged list must not hide that nobody can read any more what was watched and exempt.
      if (document === undefined && !lost.has(watchList))
        changes.push({ run: id, watchList, kind: "unreadable", subject: "sealwatch.yaml", detail: LOST });
      lost.add(watchList);
      continue;
    }
    lost.add(watchList);
    const former = previous === null ? undefined : watchLists.get(previous);
    const what = { run: id, watchList };
    if (previous === null) {
      const count = new Set(document?.repositories.map(({ repository }) => repository)).size;
      const detail =
        document === undefined
          ? "the first watch list, of which no readable text is kept"
          : `the first watch list, of ${count} ${count === 1 ? "repository" : "repositories"}`;
      changes.push({ ...what, kind: "began", subject: "sealwatch.yaml", detail });
    } else if (document === undefined || former === undefined)
      changes.push({
        ...what,
        kind: "unreadable",
        subject: "sealwatch.yaml",
        detail: "another watch list, of which no readable text is kept",
      });
    else changes.push(...compareScopes(former, document).map((difference) => ({ ...what, ...difference })));
  }
  return changes;
}
