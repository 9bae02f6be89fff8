import { isDeepStrictEqual } from "node:util";
import { NO_FACTS } from "../../history/no-facts.ts";
import { recentOpenings, type Comparison } from "../../history/compare/compare.ts";
import { inOrder } from "../../history/change-id.ts";
import { newChange } from "../../history/new-change.ts";
import { nothingSeen } from "../../history/nothing-seen.ts";
import { appendObservation } from "../../history/observe.ts";
import type { Change, Observation, RunId, TagState } from "../../history/state.ts";
import type { RecordedAnswer } from "../../history/recorded-answer.ts";
import { meanwhileOf } from "../../history/meanwhile.ts";
import type { Verdict } from "../../history/verdict.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Run } from "../audit-ports.ts";
import type { ReleaseNightFacts } from "../release-night.ts";

/** A tag that moves every night must not grow its state without bound. */
const TIMELINE_LIMIT = 50;

interface TagNight {
  readonly facts: ReleaseNightFacts;
  readonly previous: TagState | null;
  readonly verdict: Verdict;
  /** Null if the tag never named a digest. */
  readonly comparison: Comparison | null;
  readonly changes: readonly Change[];
  /** True if the repository has no complete listing behind it yet. */
  readonly baselineOpen: boolean;
  readonly run: Run;
  readonly lastListed: RunId | null;
  readonly exemption: Observation["exemption"];
  /** Whether the image that the tag left before anybody could judge it is signed. */
  readonly leftSigned: boolean;
}

/**
 * Returns the state that a night leaves of a tag, and whether it must be written. `laterRun` is set if a later run is on record, because an
 * older run never replaces a newer one. The first run after that one tells what is seen now. Pure.
 */
export function nextTagState(night: TagNight): { state: TagState; differs: boolean; laterRun: RunId | null } {
  const { facts, previous, verdict, comparison, changes, run } = night;
  const last = comparison?.judgement ?? previous?.last ?? null;
  const timeline = nextTimeline(night);
  const sameShown =
    previous !== null &&
    previous.shown.verdict === verdict.verdict &&
    previous.shown.reason === verdict.reason &&
    timeline === previous.timeline;
  const found = facts.judged?.facts ?? null;
  const seen = appendObservation({ ...observe(night, last), ...factsOf(found ?? previous?.facts) }, previous);
  const unansweredSince = verdict.verdict === "unknown" ? (previous?.unansweredSince ?? lastAnswered(night)) : null;
  const gone = nextGone(night);
  const changed =
    previous === null ||
    !isDeepStrictEqual(gone, previous.gone ?? {}) ||
    (found !== null && found !== previous.facts) ||
    !sameShown ||
    changes.length > 0 ||
    seen.observation !== undefined ||
    comparison?.differs === true ||
    unansweredSince !== previous.unansweredSince ||
    previous.removedSince !== null;
  // A quiet night keeps the state that was read, because two of each would take twice the memory.
  if (!changed) return { state: previous, differs: false, laterRun: null };
  // An older run never replaces what a newer one observed.
  const differs = changed && (previous?.number ?? 0) <= run.number;
  const state: TagState = {
    tag: facts.release.tag,
    version: previous?.version ?? 0,
    run: run.id,
    baseline: last === null && (night.baselineOpen || (previous?.baseline ?? false)),
    timeline,
    shown: {
      verdict: verdict.verdict,
      reason: verdict.reason,
      explanation: verdict.explanation,
      since: sameShown ? previous.shown.since : run.id,
    },
    last,
    places: recordAnswers(night),
    ...(Object.keys(gone).length === 0 ? {} : { gone }),
    ...meanwhileAfter(night),
    ...graceAfter(night, last),
    unansweredSince,
    removedSince: null,
    openings: [...recentOpenings(previous, run.id), ...changes.flatMap(openingOf)],
    pending: [...(previous?.pending ?? []), ...inOrder(changes, previous?.version ?? 0)],
    ...factsOf(found ?? previous?.facts),
    ...seen,
  };
  return { state, differs, laterRun: differs ? null : (previous?.run ?? null) };
}

/** What nobody asked for stays as it was, and so does what could not be asked for while the release is unknown. */
function nextGone({ facts, previous, verdict, run }: TagNight): NonNullable<TagState["gone"]> {
  const before = previous?.gone ?? {};
  const tonight = facts.judged?.gone ?? null;
  if (tonight === null) return before;
  const heard = Object.fromEntries(tonight.map((artifact) => [artifact, before[artifact] ?? run.id]));
  return verdict.verdict === "unknown" ? { ...before, ...heard } : heard;
}

function meanwhileAfter({ comparison, previous }: TagNight): Pick<TagState, "meanwhile"> {
  const meanwhile = comparison === null ? meanwhileOf(previous) : comparison.meanwhile;
  return meanwhile === null ? {} : { meanwhile };
}

/** It is kept until a definitive verdict of what the tag names. */
function graceAfter({ previous, leftSigned, run, comparison }: TagNight, last: TagState["last"]): Pick<TagState, "graceSince"> {
  const since = leftSigned ? run.id : previous?.graceSince;
  const isJudged = comparison !== null && last !== (previous?.last ?? null);
  return since === undefined || isJudged ? {} : { graceSince: since };
}

function factsOf(facts: Digest | undefined): Pick<TagState, "facts"> {
  return facts === undefined ? {} : { facts };
}

function openingOf({ kind, cause, run }: Change): NonNullable<TagState["openings"]>[number][] {
  return kind === "opened" && cause !== null ? [{ cause, run }] : [];
}

function observe({ facts, verdict, run, exemption, comparison }: TagNight, last: TagState["last"]): Observation {
  const { release, epoch } = facts;
  const isJudged = last !== null && comparison !== null && last.verdict === verdict.verdict;
  return {
    run: run.id,
    tag: release.tag,
    digest: release.resolution.kind === "resolved" ? release.resolution.digest : (last?.digest ?? null),
    verdict: verdict.verdict,
    reason: verdict.reason,
    signers: verdict.signers,
    artifacts: isJudged ? last.artifacts : [],
    policy: release.watched.policy.name,
    epoch: epoch.id,
    exemption,
  };
}

/**
 * Returns the state of a known release that the registry itself says is gone. It appears in reports and resolves nothing. `unjudged` tells
 * that nobody could judge it before it went.
 */
export function removedTagState(previous: TagState, run: Run, repository: string, unjudged: readonly Change[]): TagState {
  const snapshot = {
    digest: previous.timeline.at(-1)?.digest ?? null,
    verdict: previous.shown.verdict,
    reason: previous.shown.reason,
    signers: [],
  };
  const facts = {
    explanation: "the tag is gone from the registry",
    ...NO_FACTS,
    lastSeenBefore: run.lastListed(repository),
  };
  const change = newChange({
    repository,
    tag: previous.tag,
    kind: "removed",
    cause: null,
    run: run.id,
    after: { ...nothingSeen(run.id), digest: snapshot.digest },
    before: { ...snapshot, run: previous.shown.since },
    facts,
  });
  const observation: Observation = {
    run: run.id,
    tag: previous.tag,
    digest: snapshot.digest,
    verdict: null,
    reason: null,
    signers: [],
    artifacts: [],
    policy: null,
    epoch: previous.last?.epoch ?? "",
    exemption: null,
  };
  return {
    ...previous,
    run: run.id,
    removedSince: run.id,
    pending: [...previous.pending, ...inOrder([...unjudged, change], previous.version)],
    ...appendObservation(observation, previous),
  };
}

function nextTimeline({ facts, previous, run }: TagNight): TagState["timeline"] {
  const before = previous?.timeline ?? [];
  if (facts.release.resolution.kind !== "resolved") return before;
  const { digest } = facts.release.resolution;
  if (before.at(-1)?.digest === digest) return before;
  return [...before, { digest, since: run.id }].slice(-TIMELINE_LIMIT);
}

function lastAnswered({ previous, lastListed, run }: TagNight): RunId {
  if (previous === null) return run.id;
  return lastListed ?? previous.run;
}

/** Returns what the places answered. If they could not be asked, it keeps what was recorded. */
function recordAnswers({ facts, previous, verdict }: TagNight): readonly RecordedAnswer[] {
  if (facts.judged === null || verdict.verdict === "unknown") return previous?.places ?? [];
  return facts.judged.answers.map((answer) => ({
    place: answer.place,
    answer: answer.kind === "recalled" ? answer.answer : answer.kind,
    detail: answer.detail,
    ...(answer.kind === "found" && answer.holder !== undefined && { holder: answer.holder }),
  }));
}
