import type { Digest } from "../../oci/digest.ts";
import type { PlaceAnswer } from "../../discovery/candidate.ts";
import { listIndexEntries } from "../../discovery/index-entries.ts";
import { listUnbuiltPlaces } from "../../discovery/open-places.ts";
import type { PlaceName } from "../../discovery/places.ts";
import type { Judgement, TagState } from "../../history/state.ts";
import type { Verdict } from "../../history/verdict.ts";
import type { CandidateResult } from "../../verification/candidate-result.ts";
import { unsupportedSigners } from "../../verification/unsupported-signers.ts";
import type { FindMaterial } from "../../verification/trust/trust-material.ts";
import type { TrustStore } from "../../verification/trust/trust-store.ts";
import type { Policy, WatchedRepository } from "../../watchlist/watch-list.ts";
import { decideRelease, decideTarget, hiddenByFailure, type DecisionContext, type TargetFacts } from "./decide.ts";
import { candidatesOf, verifyAll, type Inquiry } from "./inquiry.ts";
import { judgeTarget } from "./judge-target.ts";
import { recallSigned } from "./recall.ts";
import { statedResults, type ReleaseFacts } from "./recorded-facts.ts";

/** Everything about one digest of one entry of the watch list, for all the tags that name it. */
export interface ReleaseCase {
  readonly digest: Digest;
  readonly watched: WatchedRepository;
  readonly tags: readonly string[];
  readonly inquiry: Inquiry;
  /** Whether it is a manifest of schema 1. It is its own only target: its digest is asked for, but nothing is read of it. */
  readonly isOfSchema1?: boolean;
  /** A signed judgement of the current epoch that may be recalled tonight, with the state that holds it; or null. */
  readonly recallable: Recallable | null;
  /** What the registry's own list shows unchanged, whether it is asked in full or not; or null. */
  readonly standing: Recallable | null;
  readonly withinGrace: boolean;
}

interface Recallable {
  readonly judgement: Judgement;
  readonly state: TagState;
}

export interface JudgedRelease {
  readonly verdict: Verdict;
  readonly answers: readonly PlaceAnswer[];
  readonly results: readonly CandidateResult[];
  /** Artifacts that hold signatures and are there, sorted. */
  readonly artifacts: readonly Digest[];
  /** Whether a place of some target could not be read, or is a cache that lacks what would decide. Then there may be more signatures than are known. */
  readonly unread: boolean;
  /** Recorded artifacts that the registry itself calls absent although a place names them; null if nobody asked. */
  readonly gone: readonly Digest[] | null;
  /** What was learned, or null if the verdict was recalled. */
  readonly facts: ReleaseFacts | null;
  /** Judges the same facts under another policy, with its roots and the names that `{tag}` stands for. */
  judgeUnder(policy: Policy, trust: TrustStore, names: readonly string[]): Verdict;
}

/** Judges one release: steps 5 to 7 of the straight line. */
export async function judgeRelease(release: ReleaseCase): Promise<JudgedRelease> {
  const { inquiry } = release;
  const known = await recall(release, release.recallable);
  if (known !== null) return known;
  const targets = await listTargets(release);
  const facts = await Promise.all(targets.digests.map((target) => judgeTarget(target, inquiry)));
  const context = { unsupported: listUnsupported(release.watched), withinGrace: release.withinGrace, cache: inquiry.cache };
  const verdictUnder = (policy: Policy, trust: FindMaterial, names: readonly string[]): Verdict => {
    const verdicts = facts.map((judged, at) =>
      decideTarget(underPolicy(judged, targets.digests[at]!, policy, { ...inquiry, trust, names }), { ...context, policy }),
    );
    return explainSchema1(decideRelease([...verdicts, ...targets.verdicts]), release);
  };
  const verdict = verdictUnder(release.watched.policy, inquiry.trust, inquiry.names);
  // The turn of a release that the budget did not reach comes again. Until then the registry's own list is enough.
  const standing = verdict.reason === "budget" ? await recall(release, release.standing) : null;
  if (standing !== null) return standing;
  return {
    verdict,
    answers: mergeTargets(facts, release.watched),
    results: facts.flatMap((judged) => judged.results),
    unread: verdict.reason === "pull-through" || facts.some((judged) => judged.answers.some((answer) => answer.kind === "failed")),
    gone: facts.flatMap((judged) => judged.answers.flatMap((answer) => (answer.kind === "recalled" ? [] : (answer.gone ?? [])))),
    artifacts: signatureArtifacts(facts.flatMap((judged) => judged.results)),
    facts: { targets: facts.map((judged, at) => ({ digest: targets.digests[at]!, facts: judged })), verdicts: targets.verdicts },
    judgeUnder: (policy, trust, names) => verdictUnder(policy, trust.find, names),
  };
}

async function recall({ digest, inquiry }: ReleaseCase, recallable: Recallable | null): Promise<JudgedRelease | null> {
  if (recallable === null) return null;
  const { judgement, state } = recallable;
  const answers = await recallSigned(digest, judgement, state.places ?? [], inquiry);
  return answers === null ? null : recalled(judgement, state, answers);
}

function recalled(judgement: Judgement, state: TagState, answers: readonly PlaceAnswer[]): JudgedRelease {
  const verdict: Verdict = { verdict: "signed", reason: null, explanation: state.shown.explanation, signers: judgement.signers };
  return {
    verdict,
    answers,
    results: [],
    artifacts: judgement.artifacts,
    unread: false,
    gone: null,
    facts: null,
    judgeUnder: () => verdict,
  };
}

/** Lists the digests that the watch list's `target` names, and gives verdicts on targets that cannot be named. */
async function listTargets(release: ReleaseCase): Promise<{ digests: Digest[]; verdicts: Verdict[] }> {
  const { digest, watched, inquiry } = release;
  if (watched.target === "index" || release.isOfSchema1 === true) return { digests: [digest], verdicts: [] };
  const entries = await listIndexEntries(inquiry.main.client, digest, { missing: "fail" });
  const digests = [...new Set(watched.target === "both" ? [digest, ...entries.platforms] : entries.platforms)];
  if (entries.failure !== null) {
    const explanation = `The platforms of the image could not be listed: ${entries.failure.detail}`;
    return {
      digests,
      verdicts: [{ verdict: "unknown", reason: entries.failure.code, explanation, signers: [], ...hiddenByFailure(entries.failure) }],
    };
  }
  if (entries.platforms.length > 0) return { digests, verdicts: [] };
  return { digests, verdicts: [decideRelease([])] };
}

/** Says of a bare manifest of schema 1 why it is bare, and what would help. */
function explainSchema1(verdict: Verdict, { isOfSchema1 }: ReleaseCase): Verdict {
  if (isOfSchema1 !== true || verdict.verdict !== "unsigned") return verdict;
  const explanation =
    "No signature: this is a schema 1 manifest, which cannot be signed in this form until a current client pushes it again";
  return { ...verdict, explanation };
}

function underPolicy(facts: TargetFacts, target: Digest, policy: Policy, inquiry: Inquiry): TargetFacts {
  if (policy === inquiry.watched.policy) return facts;
  const results = verifyAll(candidatesOf(facts.answers), target, { ...inquiry, watched: { ...inquiry.watched, policy } });
  return { ...facts, results: [...results, ...statedResults(facts)] };
}

/** Lists, in words, what an entry of the watch list asks for but this version cannot judge. */
export function listUnsupported(watched: WatchedRepository): DecisionContext["unsupported"] {
  return [...unsupportedSigners(watched.policy), ...listUnbuiltPlaces(watched).map(({ what }) => what)];
}

/** Returns the artifacts that hold signatures, whatever verification made of them. */
function signatureArtifacts(results: readonly CandidateResult[]): Digest[] {
  return [...new Set(results.filter((result) => result.evidence === "signature").map((result) => result.artifact))].toSorted();
}

/** Merges the answers about all targets into one for each place, for people: the one that says most. */
function mergeTargets(facts: readonly TargetFacts[], watched: WatchedRepository): PlaceAnswer[] {
  const weight: Record<PlaceAnswer["kind"], number> = { failed: 4, found: 3, nothing: 2, recalled: 1, notApplicable: 0 };
  const places = new Map<PlaceName, PlaceAnswer>();
  for (const answer of facts.flatMap((judged) => judged.answers)) {
    const before = places.get(answer.place);
    if (before === undefined || weight[answer.kind] > weight[before.kind]) places.set(answer.place, answer);
  }
  for (const { answer } of listUnbuiltPlaces(watched)) places.set(answer.place, answer);
  return [...places.values()];
}
