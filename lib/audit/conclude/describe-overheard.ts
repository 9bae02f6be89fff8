import type { Finding, RunId } from "../../history/state.ts";
import { countOf } from "../../text/count-of.ts";
import { isOverheard } from "../../watchlist/select/select-channels.ts";
import type { Channel } from "../../watchlist/watch-list.ts";

/** Returns, for people, which findings of a run went to the channels of other owners, because no channel is for theirs. A line an owner. */
export function describeOverheard(findings: readonly Finding[], channels: readonly Channel[], run: RunId): string[] {
  const overheard = findings.filter(
    ({ openedAt, severity, facts }) => openedAt === run && facts.policy === undefined && isOverheard(channels, severity, facts.owner),
  );
  return [...Map.groupBy(overheard, ({ facts }) => facts.owner)].map(([owner, of]) => {
    const whose = owner === null ? "without an owner" : `of owner ${owner}`;
    return `${countOf(of.length, "finding")} ${whose} went to the channels of other owners, because no channel is for ${owner ?? "everybody"}`;
  });
}
