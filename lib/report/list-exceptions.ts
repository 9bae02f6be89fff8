import type { Observation } from "../history/state.ts";
import type { Exemption } from "../watchlist/watch-list.ts";
import { watchListOf, type KnownFacts } from "./known-facts.ts";
import type { ReleaseTrace } from "./release-trace.ts";
import type { ReportException } from "./report-model.ts";
import type { Stretch } from "./report-period.ts";

type Covered = NonNullable<Observation["exemption"]>;

/** Lists the exemptions in force in a stretch, by repository, then end, with the number of releases that each covered. */
export function listExceptions(
  facts: KnownFacts,
  traces: ReadonlyMap<string, readonly ReleaseTrace[]>,
  stretch: Stretch,
): ReportException[] {
  const found = new Map<string, ReportException & { readonly covered: Set<string> }>();
  for (const exemption of exemptionsOf(facts, stretch)) {
    const { repository, tags, reason, owner, ticket } = exemption;
    const until = new Date(exemption.until).toISOString();
    const key = keyOf(repository, { reason, owner, ticket, until });
    const same = found.get(key);
    const patterns = [...new Set([...(same?.tags ?? []), ...tags])];
    found.set(key, { repository, tags: patterns, reason, owner, ticket, until, releases: 0, covered: new Set() });
  }
  for (const [repository, own] of traces) {
    for (const { tag, spans } of own) {
      for (const { from, to, observation } of spans) {
        const { exemption } = observation;
        if (exemption === null || from >= stretch.to || to <= stretch.from) continue;
        const key = keyOf(repository, exemption);
        const entry = found.get(key) ?? { repository, tags: null, ...exemption, releases: 0, covered: new Set<string>() };
        entry.covered.add(tag);
        found.set(key, entry);
      }
    }
  }
  return [...found.entries()]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { covered, ...exception }]) => ({ ...exception, releases: covered.size }));
}

function keyOf(repository: string, { until, reason, owner, ticket }: Covered): string {
  return JSON.stringify([repository, until, reason, owner, ticket]);
}

/** Returns the exemptions on the watch lists of the stretch, or of the last run before, that were not over when it, or that run, began. */
function exemptionsOf(facts: KnownFacts, stretch: Stretch): Exemption[] {
  const over = facts.runs.filter((run) => run.over && run.at < stretch.to);
  const within = over.filter(({ at }) => at >= stretch.from);
  const before = over.findLast(({ at }) => at < stretch.from);
  return [...(before === undefined ? [] : [before]), ...within].flatMap((run) => {
    const exemptions = watchListOf(facts, run)?.exemptions ?? [];
    return exemptions.filter(({ until }) => until >= Math.max(run.at, stretch.from));
  });
}
