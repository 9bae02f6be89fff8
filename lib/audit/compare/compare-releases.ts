import type { PlaceAnswer } from "../../discovery/candidate.ts";
import type { Digest } from "../../oci/digest.ts";
import { compareRelease, previousDigestOf, type Comparison } from "../../history/compare/compare.ts";
import type { ReleaseChange } from "../../history/compare/compare-unread.ts";
import { causeOfVerdict } from "../../history/compare/cause-of-verdict.ts";
import { NEVER_EXEMPT } from "../../history/cause.ts";
import { newChange } from "../../history/new-change.ts";
import { compareDigests } from "../../history/compare/digest-order.ts";
import type { Change, ChangeFacts, RepositoryHistory, RunId, Snapshot, TagState } from "../../history/state.ts";
import type { Verdict } from "../../history/verdict.ts";
import { publicToolCommand, type ShownEvidence } from "../../verification/public-tool-command.ts";
import { parseVersionTag } from "../../watchlist/select/version-tag.ts";
import type { Exemption } from "../../watchlist/watch-list.ts";
import type { Run } from "../audit-ports.ts";
import { covers, ruleFor, type ExemptionRule } from "./exemptions.ts";
import { examineNewVersions, type NewVersion } from "./new-versions.ts";
import { whenSeen } from "./when-seen.ts";
import type { Listing } from "../list/list-releases.ts";
import { digestsTonight, recordedDigests, type ReleaseNightFacts } from "../release-night.ts";
import { indexNeighbours, type TagNeighbours } from "./tag-neighbours.ts";
import { isLongerAgo } from "../../history/compare/coverage.ts";
import type { LeftImage } from "../judge/left-image.ts";
import { tellNeverJudged } from "./never-judged.ts";
import { nextTagState, removedTagState } from "./tag-state.ts";

/** One release after comparison: what to show, and what to write if anything differs. */
export interface ComparedRelease {
  readonly facts: ReleaseNightFacts;
  readonly verdict: Verdict;
  readonly digest: Digest | null;
  readonly rule: ExemptionRule | null;
  readonly exempt: boolean;
  readonly comparison: Comparison | null;
  readonly state: TagState;
  /** False on a quiet night. */
  readonly differs: boolean;
  /** A later run whose record the release differs from and does not replace. Null as a rule. */
  readonly laterRun: RunId | null;
}

interface ComparedRepository {
  readonly releases: readonly ComparedRelease[];
  /** The states to write: releases that differ, and known ones that are gone. */
  readonly states: readonly TagState[];
}

/** What a night knows of the releases of a repository before it compares them. */
interface RepositoryNight {
  readonly run: Run;
  readonly repository: string;
  readonly listing: Listing;
  readonly facts: readonly ReleaseNightFacts[];
  readonly history: RepositoryHistory;
  readonly exemptions: readonly Exemption[];
  /** What is signed in the repository that this one mirrors. */
  readonly signedAtSource: ReadonlySet<Digest>;
  readonly left: ReadonlyMap<string, LeftImage>;
  /** Whether the repository answered: then a release that cannot be judged is told by its name. */
  readonly answers: boolean;
}

/** Compares all releases of a repository with their last states: step 8 of the straight line. Pure. */
export function compareReleases(night: RepositoryNight): ComparedRepository {
  const { run, repository, listing, facts, history } = night;
  const tonight = digestsTonight(listing);
  const versioned = new Set([...tonight].flatMap(([tag, digest]) => (parseVersionTag(tag) === null ? [] : [digest])));
  const newVersions = examineNewVersions(facts, history);
  const context: Context = {
    ...night,
    newVersions,
    versioned,
    tonight,
    neighbours: indexNeighbours(tonight, facts),
    neverSigned: history.repository?.neverSigned ?? false,
    lastListed: run.lastListed(repository),
  };
  const releases = facts.map((release) => compareOne(release, context));
  const removed = listing.removed.flatMap((tag) => {
    const state = history.tags.get(tag);
    if (state === undefined || state.removedSince !== null) return [];
    return [removedTagState(state, run, repository, unjudgedOf(tag, state, context, "removed"))];
  });
  return { releases, states: [...releases.filter((release) => release.differs).map((release) => release.state), ...removed] };
}

interface Context extends RepositoryNight {
  readonly newVersions: ReadonlyMap<string, NewVersion>;
  /** Digests that a version tag names tonight. */
  readonly versioned: ReadonlySet<Digest>;
  readonly tonight: ReadonlyMap<string, Digest>;
  readonly neighbours: TagNeighbours;
  readonly neverSigned: boolean;
  readonly lastListed: string | null;
}

function compareOne(facts: ReleaseNightFacts, context: Context): ComparedRelease {
  const { run, history } = context;
  const { release, judged, epoch } = facts;
  const { tag, watched, resolution } = release;
  const previous = history.tags.get(tag) ?? null;
  const verdict = judged?.verdict ?? unresolved(facts);
  const digest = resolution.kind === "resolved" ? resolution.digest : previousDigestOf(previous);
  // Nothing was looked at, so nothing differs, not even the run that wrote the state.
  if (release.resting !== null) {
    const { state } = release.resting;
    return { facts, verdict, digest, rule: null, exempt: false, comparison: null, state, differs: false, laterRun: null };
  }
  const rule = ruleFor(tag, watched, context.exemptions, run.now);
  const covered =
    rule !== null &&
    digest !== null &&
    covers(
      rule,
      {
        firstSeen: recordedDigests(history).firstSeen.get(digest) ?? null,
        last: previous?.last ?? null,
        digest,
        isWorse: isWorseByItself(facts, previous, digest, verdict),
      },
      history.repository,
      run.id,
    );
  const baselineOpen = (history.repository?.baselineRun ?? null) === null;
  const comparison =
    digest === null
      ? null
      : compareRelease({
          run: run.id,
          tag,
          isVersionTag: release.kind === "version",
          previous,
          digest,
          isNamed: resolution.kind === "resolved",
          verdict,
          isOverdue: context.answers && isOverdue(previous, watched.unknownForSeconds, run),
          artifacts: judged?.artifacts ?? [],
          epoch: epoch.id,
          underPreviousEpoch: facts.underPreviousEpoch,
          lostSignature: facts.lostSignature,
          order: orderOf(tag, digest, previous, context),
          namedByVersionTag: context.versioned.has(digest),
          takeAsBaseline: baselineOpen || (previous?.baseline ?? false),
          neverSigned: context.neverSigned,
          exempt: covered,
          signerChange: context.newVersions.get(tag)?.signerChange ?? null,
          reusedFrom: context.newVersions.get(tag)?.reusedFrom ?? null,
          signedAtSource: context.signedAtSource.has(digest),
        });
  const cause = causeOfVerdict(verdict);
  const exempt =
    covered && verdict.verdict !== "signed" && (cause === null || !NEVER_EXEMPT.has(cause)) && (comparison?.judgement?.exempt ?? true);
  const night = { verdict, digest, previous };
  const changes = [
    ...(previous !== null && previous.removedSince !== null && resolution.kind === "resolved"
      ? [buildChange(facts, { kind: "returned", cause: null, severity: "notice" }, night, context)]
      : []),
    ...(previous === null ? [] : unjudgedOf(tag, previous, context, "moved")),
    ...(comparison?.ended ?? []).map((change) => buildChange(facts, change, night, context)),
    ...(comparison?.change ? [buildChange(facts, comparison.change, night, context)] : []),
  ];
  const next = nextTagState({
    facts,
    previous,
    verdict,
    comparison,
    changes,
    baselineOpen,
    run,
    lastListed: context.lastListed,
    exemption: exempt && rule !== null ? rule.document : null,
    leftSigned: context.left.get(tag)?.verdict?.verdict === "signed",
  });
  return { facts, verdict, digest, rule: exempt ? rule : null, exempt, comparison, ...next };
}

/** Reports whether a digest that was signed is no longer, by the watch list of the last night as well. */
function isWorseByItself(
  { epoch, underPreviousEpoch }: ReleaseNightFacts,
  previous: TagState | null,
  digest: Digest,
  { verdict }: Verdict,
): boolean {
  const last = previous?.last ?? null;
  if (last === null || last.digest !== digest || last.verdict !== "signed") return false;
  const word = last.epoch === epoch.id ? verdict : (underPreviousEpoch?.verdict.verdict ?? verdict);
  return word === "unsigned" || word === "untrusted";
}

function unresolved({ release }: ReleaseNightFacts): Verdict {
  if (release.resolution.kind === "resolved") throw new TypeError(`release ${release.tag} was resolved but not judged`);
  const { code, detail, attempts } = release.resolution.failure;
  const explanation = `The tag could not be resolved: ${detail}${attempts > 1 ? `, after ${attempts} tries` : ""}`;
  return { verdict: "unknown", reason: code, explanation, signers: [] };
}

function orderOf(tag: string, digest: Digest, previous: TagState | null, { tonight, history }: Context): "newer" | "older" | "same" {
  const from = previousDigestOf(previous);
  return from === null ? "newer" : compareDigests({ tag, from, to: digest, tonight, recorded: history.tags });
}

/** Returns what is told of the image that a tag left unjudged. An exemption covers it as it would cover its verdict. */
function unjudgedOf(tag: string, state: TagState, context: Context, goesWith: "moved" | "removed"): Change[] {
  const image = context.left.get(tag);
  if (image === undefined || context.neverSigned || state.timeline.at(-1)?.digest !== image.digest) return [];
  const rule = ruleFor(tag, image.release.watched, context.exemptions, context.run.now);
  const firstSeen = recordedDigests(context.history).firstSeen.get(image.digest) ?? null;
  const known = { firstSeen, last: state.last, digest: image.digest, isWorse: false };
  if (rule !== null && covers(rule, known, context.history.repository, context.run.id)) return [];
  return tellNeverJudged(state, image, context.run.id, goesWith);
}

/** Reports whether nobody could judge a release on an earlier night either, for longer than the watch list bears. */
function isOverdue(previous: TagState | null, unknownForSeconds: number, run: Run): boolean {
  const since = previous?.unansweredSince ?? null;
  return since !== null && isLongerAgo(since, run.id, unknownForSeconds);
}

interface Night {
  readonly verdict: Verdict;
  readonly digest: Digest | null;
  readonly previous: TagState | null;
}

/** A change of a release, or `returned`: a tag that was gone names something again. */
type Told = ReleaseChange | Pick<Change, "kind" | "cause" | "severity" | "flapping">;

function buildChange(facts: ReleaseNightFacts, change: Told, night: Night, context: Context): Change {
  const { run } = context;
  const repository = facts.release.watched.repository.name;
  const after: Snapshot = {
    digest: night.digest,
    verdict: night.verdict.verdict,
    reason: night.verdict.reason,
    signers: night.verdict.signers,
    run: run.id,
  };
  const last = night.previous?.last ?? null;
  const before: Snapshot | null = last && {
    digest: last.digest,
    verdict: last.verdict,
    reason: last.reason,
    signers: last.signers,
    run: last.since,
  };
  const described = { ...describe(facts, night, context), ...peculiarities(facts, change, night, context) };
  return newChange({ ...change, repository, tag: facts.release.tag, run: run.id, after, before, facts: described });
}

function peculiarities({ release }: ReleaseNightFacts, change: Told, night: Night, { newVersions }: Context): Partial<ChangeFacts> {
  const { signerChange, reusedFrom } = newVersions.get(release.tag) ?? { signerChange: null, reusedFrom: null };
  if (change.cause === "signer-changed" && signerChange !== null) return { signerChange };
  if (change.cause === "release-reused" && reusedFrom !== null) return { reusedFrom };
  if (change.cause === "mirror-gap" && release.watched.mirrorOf !== undefined) return { mirrorOf: release.watched.mirrorOf };
  if (change.kind !== "flipped") return {};
  const { repository, policy } = release.watched;
  const [from, to] = [night.previous?.last?.verdict ?? "unknown", night.verdict.verdict];
  const examples = [{ repository: repository.name, tag: release.tag, from, to }];
  const counts = {
    flips: 1,
    byVerdict: { [to]: 1 },
    examples,
    repositories: [repository.name],
    owners: release.watched.owner === null ? [] : [release.watched.owner],
  };
  return { policy: { name: policy.name, ...counts, loosened: [], loosenedCount: 0, formerChannels: [] } };
}

function describe(facts: ReleaseNightFacts, night: Night, context: Context): ChangeFacts {
  const { watched, tag } = facts.release;
  return {
    explanation: night.verdict.explanation,
    lookedIn: phrasePlaces(facts.judged?.answers ?? []),
    alsoServedAs: context.neighbours.alsoServedAs(tag, night.digest),
    signedBefore: context.neighbours.signedBefore(tag, night.digest),
    ...whenSeen(tag, night.digest, watched, night.previous, context.run),
    check: night.digest === null ? null : publicToolCommand(watched, night.digest, facts.names[0] ?? tag, missingEvidence(facts, night)),
    owner: watched.owner,
    graceSeconds: watched.graceSeconds,
  };
}

/** Returns the attestation that a release misses. Its command fails as the release does; that of a signature would succeed. */
function missingEvidence({ release: { watched } }: ReleaseNightFacts, { verdict }: Night): ShownEvidence | null {
  const { require, signers } = watched.policy;
  if (verdict.reason !== "missing-attestation") return null;
  const missing = require.find(({ predicate }) => verdict.explanation.includes(predicate));
  return missing === undefined ? null : { candidate: null, predicateType: missing.predicate, signer: signers[0]?.name ?? "" };
}

/** Describes each thing that was asked in one short phrase: `tag sha256-6e5d9c0b….sig (not found)`. */
function phrasePlaces(answers: readonly PlaceAnswer[]): string[] {
  const details = answers.filter(({ kind }) => kind !== "notApplicable").flatMap(({ detail }) => detail.split("; "));
  return details.map((detail) => detail.replace(/(sha\d+-[0-9a-f]{8})[0-9a-f]{56}/g, "$1…").replace(/^([^:]+): (.+)$/, "$1 ($2)"));
}
