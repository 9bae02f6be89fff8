import type { Observation } from "../history/state.ts";
import type { VerdictWord } from "../history/verdict.ts";
import { WORST_FIRST, type ReleaseState, type ReportRelease } from "./report-model.ts";
import type { ReleaseTrace, Span } from "./release-trace.ts";
import { roundHours, type Stretch } from "./report-period.ts";

/** Returns the row of one release, or null if it was no release in the stretch. */
export function describeRelease(
  repository: string,
  { tag, observations, spans, ended }: ReleaseTrace,
  stretch: Stretch,
  more: Pick<ReportRelease, "acknowledgedBy" | "lastChecked">,
): ReportRelease | null {
  const within = spans.filter(({ from, to }) => from < stretch.to && to > stretch.from);
  const last = within.at(-1);
  if (last === undefined) return null;
  const { observation } = last;
  return {
    repository,
    tag,
    digest: observation.digest,
    firstSeen: observations.find(({ digest, verdict }) => verdict !== null && digest === observation.digest)!.run,
    verdict: observation.verdict!,
    state: last.state,
    reason: observation.reason,
    since: sinceOf(observation, observations),
    ended,
    worstVerdict: worstOf(within),
    wrong: within.some(({ wrong }) => wrong === "unsigned") ? "unsigned" : (within.find(({ wrong }) => wrong !== null)?.wrong ?? null),
    unsignedHours: roundHours(wrongMilliseconds(within, stretch)),
    signers: observation.signers,
    exemption: observation.exemption,
    policy: observation.policy,
    basis: { facts: observation.facts ?? null, epoch: observation.epoch },
    ...more,
  };
}

/** Returns how long a release was wrong within a stretch. */
function wrongMilliseconds(spans: readonly Span[], stretch: Stretch): number {
  const parts = spans.filter(({ wrong }) => wrong !== null).map(({ from, to }) => Math.min(to, stretch.to) - Math.max(from, stretch.from));
  return parts.reduce((sum, part) => sum + part, 0);
}

function worstOf(spans: readonly Span[]): VerdictWord {
  const words = new Set<ReleaseState | null>(spans.map(({ observation }) => observation.verdict));
  return WORST_FIRST.find((word) => words.has(word))!;
}

/** Returns the run of the first observation with the same digest and verdict. An unknown verdict in between does not interrupt it. */
function sinceOf(last: Observation, observations: readonly Observation[]): string {
  let since = last.run;
  for (let at = observations.indexOf(last) - 1; at >= 0; at--) {
    const { digest, verdict, run } = observations[at]!;
    if (digest !== last.digest || (verdict !== last.verdict && verdict !== "unknown")) break;
    if (verdict === last.verdict) since = run;
  }
  return since;
}
