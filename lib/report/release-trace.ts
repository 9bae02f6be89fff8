import type { Observation } from "../history/state.ts";
import type { ReleaseState, WrongWord } from "./report-model.ts";
import type { WatchedScope } from "./watched-scopes.ts";

/** What was true of one tag for a while. Epoch milliseconds, the end exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly observation: Observation;
  readonly state: ReleaseState;
  /** What it is where that is wrong: unsigned or untrusted and not exempt, or unknown since it was so; else null. */
  readonly wrong: WrongWord | null;
}

/** The history of one tag up to an end: when it was a release, and what it was then. */
export interface ReleaseTrace {
  readonly tag: string;
  /** Every observation up to the end, oldest first. */
  readonly observations: readonly Observation[];
  /** Oldest first; without the times in which it was gone or not watched. */
  readonly spans: readonly Span[];
  /** Null while it is a release at the end. */
  readonly ended: { readonly at: string; readonly why: "gone" | "not-watched" } | null;
}

/** Traces one tag from its observations (oldest first, all before `end`) and what was watched when. Null where it never was a release. */
export function traceRelease(
  tag: string,
  observations: readonly Observation[],
  scopes: readonly WatchedScope[],
  end: number,
): ReleaseTrace | null {
  const watched = watchedTimes(tag, scopes, end);
  const spans: Span[] = [];
  for (const [at, observation] of observations.entries()) {
    const next = observations[at + 1];
    const [from, to] = [Date.parse(observation.run), next === undefined ? end : Date.parse(next.run)];
    if (observation.verdict === null) continue;
    const wrong = wrongOf(observation, spans.at(-1), from);
    for (const time of watched) {
      const span = { from: Math.max(from, time.from), to: Math.min(to, time.to), observation, state: stateOf(observation), wrong };
      if (span.from < span.to) spans.push(span);
    }
  }
  const last = observations.at(-1);
  if (spans.length === 0 || last === undefined) return null;
  return { tag, observations, spans, ended: endedBy(tag, last, scopes, end) };
}

/** An exemption counts where something is to be excused. */
function stateOf({ verdict, exemption }: Observation): ReleaseState {
  if (verdict === null) throw new TypeError("a tag that is gone is no release");
  return exemption !== null && (verdict === "unsigned" || verdict === "untrusted") ? "exempt" : verdict;
}

function wrongOf({ verdict, exemption, digest }: Observation, before: Span | undefined, from: number): WrongWord | null {
  if (exemption !== null) return null;
  if (verdict === "unsigned" || verdict === "untrusted") return verdict;
  const goesOn = verdict === "unknown" && before?.to === from && before.observation.digest === digest;
  return goesOn ? before.wrong : null;
}

function watchedTimes(tag: string, scopes: readonly WatchedScope[], end: number): { from: number; to: number }[] {
  const times = [{ from: -Infinity, to: scopes[0]?.at ?? end, has: true }];
  for (const [at, scope] of scopes.entries()) times.push({ from: scope.at, to: scopes[at + 1]?.at ?? end, has: scope.has(tag) });
  const merged: { from: number; to: number }[] = [];
  for (const { from, to, has } of times) {
    const last = merged.at(-1);
    if (!has) continue;
    if (last?.to === from) last.to = to;
    else merged.push({ from, to });
  }
  return merged;
}

function endedBy(tag: string, last: Observation, scopes: readonly WatchedScope[], end: number): ReleaseTrace["ended"] {
  if (last.verdict === null) return { at: last.run, why: "gone" };
  const within = scopes.filter(({ at }) => at < end);
  if (within.at(-1)?.has(tag) !== false) return null;
  const lastWatched = within.findLastIndex((scope) => scope.has(tag));
  return { at: within[lastWatched + 1]!.run, why: "not-watched" };
}
