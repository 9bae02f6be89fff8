import { findEvidence } from "../history/past/find-evidence.ts";
import type { RepositoryHistory, TagState } from "../history/state.ts";
import type { HistoryReader } from "../history/store.ts";
import type { Verdict, VerdictWord } from "../history/verdict.ts";
import type { Digest } from "../oci/digest.ts";
import { VerificationMemo } from "../verification/verification-memo.ts";
import type { FindMaterial } from "../verification/trust/trust-material.ts";
import type { SelectedRelease } from "../watchlist/select/select-releases.ts";
import { parseVersionTag } from "../watchlist/select/version-tag.ts";
import type { WatchedRepository } from "../watchlist/watch-list.ts";
import { decideRelease, decideTarget } from "../audit/judge/decide.ts";
import { isWithinGrace } from "../audit/judge/grace.ts";
import { candidatesOf, verifyAll } from "../audit/judge/inquiry.ts";
import { listUnsupported } from "../audit/judge/judge-release.ts";
import { layersOf, parseRecordedFacts, withBytes, type RecordedFacts, type ReleaseFacts } from "../audit/judge/recorded-facts.ts";
import { looksInSamePlaces, scopeOf, type Scope } from "../audit/judge/scope.ts";
import { recordedDigests } from "../audit/release-night.ts";

/** A verdict from what was recorded. If the record does not tell, it is `unknown`, with a reason of its own. */
export interface RecordedVerdict {
  readonly verdict: VerdictWord;
  readonly reason: string | null;
  readonly explanation: string;
}

/** What recorded releases are judged with. */
export interface Judge {
  readonly store: HistoryReader;
  readonly trust: FindMaterial;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Judges a release under an entry of a watch list by what was recorded, and asks no registry. It never guesses: if something that was not
 * recorded could change the verdict, the verdict is `unknown`. A signature that satisfies counts, whatever else was not looked at.
 */
export async function judgeRecorded(
  release: SelectedRelease,
  state: TagState,
  watched: WatchedRepository,
  history: RepositoryHistory,
  judge: Judge,
): Promise<RecordedVerdict> {
  const digest = state.timeline.at(-1)?.digest ?? null;
  const found = state.facts === undefined || digest === null ? null : await findEvidence(judge.store, state.facts);
  if (found?.kind === "damaged") return unknown("damaged", DAMAGED);
  const recorded = found?.kind === "kept" ? parseRecordedFacts(found.bytes) : null;
  if (digest === null || recorded === null || recorded.digest !== digest)
    return unknown("not-recorded", "What it rests on is not recorded yet: an audit that looks at it in full records it");
  if (state.shown.verdict === "unknown" && recorded.verdict !== "unknown")
    return unknown(state.shown.reason ?? "unknown", `The last audit could not read it: ${state.shown.explanation}`);
  const facts = await loadFacts(recorded, judge.store);
  if (facts === "missing") return unknown("not-recorded", "A signature that it rests on is not kept");
  if (facts === "damaged") return unknown("damaged", DAMAGED);
  const scope = scopeOf(watched);
  if (!looksInSamePlaces(scope, recorded.scope))
    return unknown("not-recorded", "Other places or targets were looked at than this watch list names");
  const names = namesOf(release, digest, recorded, history);
  const verdict = decide(facts, { release, digest, watched, names, history, judge });
  return findGap(verdict, recorded, scope, release) ?? verdict;
}

function unknown(reason: string, explanation: string): RecordedVerdict {
  return { verdict: "unknown", reason, explanation };
}

const DAMAGED = "What it rests on is in the history, but was changed there since it was recorded";

/** Returns the facts with the bytes of their candidates, or why some are not there. */
async function loadFacts(recorded: RecordedFacts, store: HistoryReader): Promise<ReleaseFacts | "missing" | "damaged"> {
  const bytes = new Map<Digest, Uint8Array>();
  for (const layer of layersOf(recorded)) {
    const found = await findEvidence(store, layer);
    if (found.kind !== "kept") return found.kind;
    bytes.set(layer, found.bytes);
  }
  return withBytes(recorded, bytes);
}

/** Returns what `{tag}` stands for. For a moving tag, these are the recorded version tags on its digest. */
function namesOf({ tag, kind }: SelectedRelease, digest: Digest, recorded: RecordedFacts, history: RepositoryHistory): readonly string[] {
  if (kind === "version") return [tag];
  const onDigest = [...history.tags.values()].filter(
    ({ timeline, removedSince }) => removedSince === null && timeline.at(-1)?.digest === digest,
  );
  const versions = onDigest.map((state) => state.tag).filter((name) => parseVersionTag(name) !== null);
  return versions.length > 0 ? versions : recorded.names;
}

interface Case {
  readonly release: SelectedRelease;
  readonly digest: Digest;
  readonly watched: WatchedRepository;
  readonly names: readonly string[];
  readonly history: RepositoryHistory;
  readonly judge: Judge;
}

function decide({ targets, verdicts }: ReleaseFacts, { release, digest, watched, names, history, judge }: Case): Verdict {
  const firstSeen = recordedDigests(history).firstSeen.get(digest);
  const { now, trust } = judge;
  const verification = {
    watched,
    names,
    trust,
    memo: new VerificationMemo(),
    now,
    firstSeen: firstSeen === undefined ? now : Date.parse(firstSeen),
  };
  const context = {
    policy: watched.policy,
    unsupported: listUnsupported(watched),
    // What a cache lacked was not recorded as a fact.
    cache: null,
    withinGrace: isWithinGrace({ digest, releases: [release], graceSeconds: watched.graceSeconds }, history, now, new Map()),
  };
  const decided = targets.map((target) => {
    const results = [...verifyAll(candidatesOf(target.facts.answers), target.digest, verification), ...target.facts.results];
    return decideTarget({ ...target.facts, results }, context);
  });
  return decideRelease([...decided, ...verdicts]);
}

/** Returns why the record does not support the verdict, or null if it does. */
function findGap(verdict: Verdict, recorded: RecordedFacts, scope: Scope, release: SelectedRelease): RecordedVerdict | null {
  if (verdict.verdict === "signed" || verdict.verdict === "unknown") return null;
  if (scope.attestations !== recorded.scope.attestations)
    return unknown("not-recorded", "No attestation that satisfies is recorded, but not all were asked for");
  if (scope.tagBound && !recorded.scope.tagBound && release.kind === "moving")
    return unknown("not-recorded", "Which versions this tag names was not asked");
  if (verdict.verdict !== "untrusted" && recorded.verdict === "signed")
    return unknown("not-recorded", "What was signed until now was not searched for everything else");
  return null;
}
