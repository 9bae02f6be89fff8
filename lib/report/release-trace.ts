import type { Observation } from "../history/state.ts";
import type { ReleaseState, WrongWord } from "./report-model.ts";
import type { WatchedScope } from "./watched-scopes.ts";

/** A Span is a time in which the state of one tag stayed the same. Times are epoch milliseconds; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly observation: Observation;
  readonly state: ReleaseState;
  /** Unsigned or untrusted without an exemption, or unknown ever since; otherwise null. */
  readonly wrong: WrongWord | null;
}

/** A ReleaseTrace is the history of one tag up to an end: when it was a release, and its states. */
export interface ReleaseTrace {
  readonly tag: string;
  /** Every observation up to the end, oldest first. */
  readonly observations: readonly Observation[];
  /** Oldest first, without the times in which the tag was gone or not watched. */
  readonly spans: readonly Span[];
  /** Null if it is still a release at the end. */
  readonly ended: { readonly at: string; readonly why: "gone" | "not-watched" } | null;
}

/** Traces one tag from its observations (oldest first, all before `end`) and the watched scopes. Returns null if it never was a release. */
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

/** An exemption counts only if there is something to excuse. */
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
