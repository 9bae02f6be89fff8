import type { OpenedPlaces } from "../../discovery/open-places.ts";
import type { Judgement, RepositoryHistory, TagState } from "../../history/state.ts";
import type { PastVerdict } from "../../history/compare/compare.ts";
import type { Verdict } from "../../history/verdict.ts";
import { epochDocumentOf } from "../../watchlist/record/epoch-document.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import { boundSigners } from "./candidate/bound-signers.ts";
import { buildCase, type CaseBench } from "./build-case.ts";
import { askTagsAgain } from "./ask-tags-again.ts";
import { compareEpochs, epochOf, isOtherVerifier, type Epoch } from "./epoch.ts";
import { factsOutOfBudget, factsWithoutJudging } from "./facts-without-judging.ts";
import { judgeRelease, type JudgedRelease, type ReleaseCase } from "./judge-release.ts";
import type { Listing } from "../list/list-releases.ts";
import type { AuditExtent } from "../repository-outcome.ts";
import { loadPastEpochs, namesUnderPast, pastQuestions, type PastEpochs } from "./past-epochs.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";
import { groupReleases, type Group } from "../list/group-releases.ts";
import { nameGroups } from "../list/version-names.ts";
import type { EvidenceKeeper } from "./keep-evidence.ts";
import type { LeftImage } from "./left-image.ts";
import { lookBack } from "./look-back.ts";
import { findLostSignature } from "./lost-signature.ts";
import { mapConcurrently } from "../map-concurrently.ts";
import { newestTags } from "../list/recheck.ts";
import { createPlaceOpener } from "./place-opener.ts";
import { looksInSamePlaces } from "./scope.ts";
import { settleRelease } from "./settle-release.ts";
import type { ReleaseNightFacts } from "../release-night.ts";

/** The bench, with who keeps its evidence. */
interface Bench extends CaseBench {
  /** Takes evidence while the audit goes on. If null, evidence stays with the releases. */
  readonly keeper: EvidenceKeeper | null;
}

interface JudgedReleases {
  /** In the order of the listing. */
  readonly facts: readonly ReleaseNightFacts[];
  /** New releases that the budget left to the next night. */
  readonly waiting: readonly string[];
  /** False if the audit was told to stop before every release was reached. */
  readonly finished: boolean;
  /** The listing, with what tags name if GET contradicted HEAD. */
  readonly listing: Listing;
  /** The images that tags left before anybody could judge them, by tag. */
  readonly left: ReadonlyMap<string, LeftImage>;
}

/** Judges all releases of a repository that do not rest (steps 4 to 7), known ones first, until the budget is used up. */
export async function judgeReleases(given: Omit<Bench, "openPlaces" | "past" | "keepNow" | "left">): Promise<JudgedReleases> {
  const { keeper } = given;
  const keepNow: Bench["keepNow"] = keeper === null ? null : (digest, bytes) => keeper.keepNow(digest, bytes);
  const opened = { ...given, openPlaces: createPlaceOpener(given.main, given.run), past: [] };
  // What a tag left is no release any more, so nothing of it is kept.
  const bench: Bench = { ...opened, keepNow, left: await lookBack({ ...opened, keepNow: null }) };
  const { listing, main, ports, item } = bench;
  const awake = groupReleases(listing.releases).filter(({ releases }) =>
    releases.some(({ tag, resting }) => resting === null && isWanted(tag, bench.part)),
  );
  const groups = await nameGroups(sortByUrgency(awake, bench.history), listing.list, main.client);
  const newest = newestTags(listing.releases.filter((release) => release.kind === "version").map((release) => release.tag));
  const judged = new Map<string, ReleaseNightFacts>();
  let done = 0;
  const judge = async (group: Group): Promise<void> => {
    if (ports.signal.aborted || main.client.spent() >= 1) return;
    const facts = await judgeGroup(group, newest, bench);
    if (ports.signal.aborted) return;
    for (const release of facts) judged.set(release.release.tag, release);
    done += facts.length;
    ports.progress({ repository: item.name, phase: "judging", done, total: listing.releases.length });
  };
  if (bench.part.again === undefined) await mapConcurrently(groups, judge);
  else for (const group of groups) await judge(group);
  await bench.keeper?.flush();

  // What was judged early may rest on an answer that a later one refutes.
  const refuted: Group[] = [];
  for (const group of groups) {
    const facts = group.releases.flatMap(({ tag }) => judged.get(tag) ?? []);
    if (facts.length > 0 && restsOnRefuted(facts, await bench.openPlaces(group.releases[0]!.watched))) refuted.push(group);
  }
  done -= refuted.reduce((sum, group) => sum + group.releases.length, 0);
  await mapConcurrently(refuted, judge);
  await bench.keeper?.flush();
  return collect(judged, bench);
}

function isWanted(tag: string, { again, done }: AuditExtent): boolean {
  return (again === undefined || again.has(tag)) && !done?.tags.has(tag);
}

/** Puts known releases first, and among them those that have waited longest for an answer. */
function sortByUrgency(groups: readonly Group[], { tags }: RepositoryHistory): Group[] {
  const urgency = ({ tag }: ListedRelease): string => tags.get(tag)?.unansweredSince ?? (tags.has(tag) ? "known" : "new");
  const keyed = groups.map((group) => ({ group, key: group.releases.map(urgency).reduce((least, key) => (key < least ? key : least)) }));
  return keyed.toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0)).map(({ group }) => group);
}

/** Collects the facts of all releases. One that the budget did not reach is unknown if it was known before, and waits if it is new. */
function collect(judged: ReadonlyMap<string, ReleaseNightFacts>, { listing, history, ports, part, left }: Bench): JudgedReleases {
  const facts: ReleaseNightFacts[] = [];
  const waiting: string[] = [];
  let missed = 0;
  for (const release of listing.releases) {
    if (!isWanted(release.tag, part)) continue;
    const own = judged.get(release.tag);
    const isOver = own === undefined || own.judged?.verdict.reason === "budget";
    if (release.resting !== null || release.resolution.kind === "failed") facts.push(factsWithoutJudging(release, ports.trust));
    else if (own === undefined && ports.signal.aborted) missed++;
    else if (!isOver) facts.push(own);
    else if (history.tags.has(release.tag)) facts.push(own ?? factsOutOfBudget(release, ports.trust));
    else waiting.push(release.tag);
  }
  const releases = listing.releases.map((release) => judged.get(release.tag)?.release ?? release);
  return { facts, waiting, finished: missed === 0, listing: { ...listing, releases }, left };
}

function restsOnRefuted(releases: readonly ReleaseNightFacts[], { counting }: OpenedPlaces): boolean {
  const answers = releases.flatMap(({ judged }) => (judged === null || judged.verdict.verdict === "signed" ? [] : judged.answers));
  return answers.some((answer) => counting.find(({ name }) => name === answer.place)?.refutes?.(answer) === true);
}

async function judgeGroup(group: Group, newest: ReadonlySet<string>, bench: Bench, mayAsk = true): Promise<ReleaseNightFacts[]> {
  const epoch = epochOf(group.releases[0]!.watched, bench.ports.trust);
  const recorded = group.releases.map(({ tag }) => bench.history.tags.get(tag));
  const epochs = await loadPastEpochs(recorded, epoch, bench.ports.store);
  const release = await buildCase(group, epoch, newest, { ...bench, past: pastQuestions(group, recorded, epochs) });
  const first = await judgeRelease(release);
  const asked = mayAsk ? await askTagsAgain(group, release, first.verdict) : null;
  if (asked !== null && asked.moved.length > 0) {
    const groups = [...(asked.kept === null ? [] : [asked.kept]), ...groupReleases(asked.moved)];
    return (await mapConcurrently(groups, (part) => judgeGroup(part, newest, bench, false))).flat();
  }
  const waits = asked !== null && asked.verdict !== first.verdict;
  const found = waits ? { ...first, verdict: asked.verdict, facts: null } : first;
  const judged = keepRecordedSigners(withFewCopies(found, release), release, epoch, bench);
  const lost = await findLostSignature(release, judged, bench.history);
  const settled: JudgedRelease = lost.failure === null ? judged : { ...judged, verdict: unreadable(lost.failure), facts: null };
  const { settled: kept, evidence } = await settleRelease(settled, release, { recorded, epoch, keeper: bench.keeper });
  return group.releases.map((listed): ReleaseNightFacts => {
    // If an artifact is gone, it is gone wherever the watch list looks.
    const deleted = lost.kind === "deleted" && bench.history.tags.get(listed.tag)?.last?.verdict === "signed";
    const underPreviousEpoch = deleted
      ? null
      : judgeUnderPrevious(bench.history.tags.get(listed.tag), epochs, epoch, settled, listed.watched, namesUnderPast(listed, group));
    const names = listed.kind === "version" ? [listed.tag] : group.names;
    return { release: listed, epoch, names, judged: kept, lostSignature: lost.kind, underPreviousEpoch, evidence };
  });
}

function unreadable(failure: { code: Extract<Verdict, { verdict: "unknown" }>["reason"]; detail: string }): Verdict {
  return {
    verdict: "unknown",
    reason: failure.code,
    explanation: `The recorded signature could not be looked up: ${failure.detail}`,
    signers: [],
  };
}

function withFewCopies(judged: JudgedRelease, { inquiry }: ReleaseCase): JudgedRelease {
  const { verdict } = judged;
  // The types of verdicts differ in their reasons, not in their signers.
  return { ...judged, verdict: { ...verdict, signers: boundSigners(verdict.signers, inquiry.verified) } as Verdict };
}

/** Keeps what was verified before while a place cannot be read. If it were forgotten, its loss would go unnoticed. */
function keepRecordedSigners(judged: JudgedRelease, { digest, tags }: ReleaseCase, epoch: Epoch, { history }: Bench): JudgedRelease {
  const last = history.tags.get(tags[0]!)?.last;
  if (!judged.unread || !last || last.digest !== digest || last.epoch !== epoch.id) return judged;
  const artifacts = [...new Set([...judged.artifacts, ...last.artifacts])].toSorted();
  const signed = judged.verdict.verdict === "signed" && last.verdict === "signed";
  return { ...judged, artifacts, verdict: signed ? { ...judged.verdict, signers: last.signers } : judged.verdict };
}

/** Judges tonight's facts under the epoch of the last definitive night, so that image changes and policy changes are told apart. */
function judgeUnderPrevious(
  state: TagState | undefined,
  epochs: PastEpochs,
  epoch: Epoch,
  judged: JudgedRelease,
  watched: WatchedRepository,
  names: readonly string[],
): PastVerdict | null {
  const last = state?.last;
  const previous = last ? epochs.get(last.epoch) : undefined;
  if (!last || previous === undefined) return null;
  const { text } = previous;
  // If other places or targets were looked at, tonight's facts say nothing about what was asked then: the flip is the watch list's.
  // If another verifier judged then, it cannot be asked again; but if what it judged is still there, the flip is the verifier's.
  const verdict =
    !looksInSamePlaces(previous.document, epochDocumentOf(watched)) || (isOtherVerifier(text) && isSameEvidence(judged, last))
      ? verdictOf(last)
      : judged.judgeUnder(previous.document.policy, previous.trust, names);
  return { verdict, cause: compareEpochs(text, epoch) };
}

/** Reports whether everything that the recorded verdict rests on is there, and nothing else that could have changed the verdict. */
function isSameEvidence({ verdict, artifacts, results }: JudgedRelease, last: Judgement): boolean {
  const present = new Set(results.map(({ artifact }) => artifact));
  const rested = [...last.artifacts, ...last.signers.map(({ artifact }) => artifact)];
  if (verdict.reason === "missing-attestation" || !rested.every((artifact) => present.has(artifact))) return false;
  return last.verdict === "signed" || artifacts.every((artifact) => last.artifacts.includes(artifact));
}

/** Returns the recorded verdict as a value to compare with. Only its word counts. */
function verdictOf({ verdict, signers }: Judgement): Verdict {
  const explanation = "as recorded";
  if (verdict === "signed") return { verdict, reason: null, explanation, signers };
  if (verdict === "untrusted") return { verdict, reason: "unverifiable", explanation, signers };
  return { verdict, reason: "nothing-found", explanation, signers: [] };
}
