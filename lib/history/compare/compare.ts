import { isDeepStrictEqual } from "node:util";
import type { Digest } from "../../oci/digest.ts";
import { CAUSES, NEVER_EXEMPT, type Cause, type EpochCause } from "../cause.ts";
import type { DigestOrder } from "./digest-order.ts";
import type { SignerChange } from "./signer-change.ts";
import { matchCauses, severityOf } from "./matching-causes.ts";
import type { Judgement, RunId, TagState } from "../state.ts";
import { isDefinitive, type DefinitiveWord, type Verdict } from "../verdict.ts";
import { meanwhileOf, type Meanwhile } from "../meanwhile.ts";
import { closing, compareUnread, settleMeanwhile, type ReleaseChange, type Ruling } from "./compare-unread.ts";

/** What is known of one release tonight, beside what was recorded of it. */
export interface ReleaseNight {
  readonly run: RunId;
  readonly tag: string;
  readonly isVersionTag: boolean;
  /** The state recorded before tonight: its timeline ends with the digest that the tag named then. Null for a new tag. */
  readonly previous: TagState | null;
  readonly digest: Digest;
  /** Whether the registry said tonight that the tag names this digest. If it could not say, the digest is the recorded one. */
  readonly isNamed: boolean;
  readonly verdict: Verdict;
  /** Whether nobody could judge the release for longer than `unknownFor`, although its repository answered. */
  readonly isOverdue: boolean;
  /** The signature manifests that are there tonight, sorted. */
  readonly artifacts: readonly Digest[];
  readonly epoch: string;
  /** Tonight's facts judged under the epoch of `previous.last`, and what changed in the epoch since. Null if it is tonight's epoch. */
  readonly underPreviousEpoch: PastVerdict | null;
  /** What became of the recorded signature if no place lists it any more: its manifest is gone, or still answers by its digest. */
  readonly lostSignature: "deleted" | "detached" | null;
  /** How tonight's digest compares with {@link previousDigestOf}. */
  readonly order: DigestOrder;
  /** Whether a version tag names tonight's digest. */
  readonly namedByVersionTag: boolean;
  /** True for a tag of the repository's first complete listing: its first definitive verdict opens nothing. */
  readonly takeAsBaseline: boolean;
  /** The repository's state: it has no finding for each release until its first signed release. */
  readonly neverSigned: boolean;
  readonly exempt: boolean;
  /** For a new version that is signed: whether its signers differ from those of the releases before it. */
  readonly signerChange: SignerChange | null;
  /** For a new version tag: the version that named its digest first, or null. */
  readonly reusedFrom: string | null;
  /** Whether the digest is signed in the repository that this one mirrors. */
  readonly signedAtSource: boolean;
}

/** The verdict that tonight's facts had under the former epoch. */
export interface PastVerdict {
  readonly verdict: Verdict;
  readonly cause: EpochCause;
}

export interface Comparison {
  /** The last definitive judgement from now on. It stays as it was if tonight's verdict is unknown or pending. */
  readonly judgement: Judgement | null;
  /** The next value of {@link TagState.meanwhile}. */
  readonly meanwhile: Meanwhile | null;
  /** Whether `judgement` or `meanwhile` differs from what was recorded. If neither does, they need no write. */
  readonly differs: boolean;
  readonly change: ReleaseChange | null;
  /** What ended of that which was told while nobody could judge the release. It happened before `change`. */
  readonly ended: readonly ReleaseChange[];
}

/**
 * Compares a release with its last definitive night (architecture section 5). Pure and total.
 *
 * An unknown or pending verdict leaves the judgement as it is; see compareUnread for what is told all the same. A release whose tag, digest
 * and verdict stay as they were keeps its cause, or none, unless a signature is new or gone or an exemption ended. Otherwise its cause is
 * the first row of the table that matches.
 */
export function compareRelease(night: ReleaseNight): Comparison {
  const last = night.previous?.last ?? null;
  const { verdict, previous } = night;
  const told = meanwhileOf(previous);
  if (!isDefinitive(verdict.verdict)) {
    const { meanwhile, change, ended } = compareUnread(night, told, previousDigestOf(previous));
    return { judgement: last, meanwhile, differs: !isDeepStrictEqual(meanwhile, told), change: markFlapping(change, night), ended };
  }
  const { ruling, ended } = settleMeanwhile(night, told, ruleOn(night, last, verdict.verdict));
  const judgement = judgementOf(night, last, verdict.verdict, ruling.cause);
  return {
    judgement,
    meanwhile: null,
    differs: told !== null || !isDeepStrictEqual(judgement, last),
    change: markFlapping(ruling.change, night),
    ended,
  };
}

/** Architecture section 5, "Life": this many openings within this many days are one finding that stays open. */
const FLAPPING_OPENINGS = 3;
export const FLAPPING_DAYS = 7;
/** A finding is withdrawn if its release has been gone for longer than this. */
export const GONE_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;

function markFlapping(change: ReleaseChange | null, { previous, run }: ReleaseNight): ReleaseChange | null {
  if (change?.kind !== "opened") return change;
  const earlier = recentOpenings(previous, run).filter(({ cause }) => cause === change.cause);
  return earlier.length + 1 < FLAPPING_OPENINGS ? change : { ...change, flapping: true };
}

/** Returns the openings of a tag that are recent enough to count for flapping. */
export function recentOpenings(previous: TagState | null, run: RunId): NonNullable<TagState["openings"]> {
  const oldest = Date.parse(run) - FLAPPING_DAYS * DAY_MILLISECONDS;
  // A run ahead of tonight had a wrong clock.
  return (previous?.openings ?? []).filter((opening) => Date.parse(opening.run) > oldest && opening.run <= run);
}

/**
 * Returns the digest that a tag named before tonight: that of its last definitive night, or the first one seen if it had none, since a move
 * before the first verdict is a move, too.
 */
export function previousDigestOf(previous: TagState | null): Digest | null {
  return previous?.last?.digest ?? previous?.timeline[0]?.digest ?? null;
}

const NOTHING: Ruling = { cause: null, change: null };

function ruleOn(night: ReleaseNight, last: Judgement | null, word: DefinitiveWord): Ruling {
  // The source says what a mirror should have, so neither a first night nor a change of the policy explains that it has less.
  const isGap = night.signedAtSource && firstCause(night, last) === "mirror-gap";
  if (!isGap && (night.neverSigned || isBaseline(night, last))) return NOTHING;
  if (last === null || last.digest !== night.digest) return ruleOnNewDigest(night, last, word);
  const isNewGap = isGap && last.cause === null;
  if (last.verdict === word && !isNewGap && !needsAnotherLook(night, last)) return keep(night, last);
  const past = night.underPreviousEpoch;
  if (!isGap && last.verdict !== word && past?.verdict.verdict === last.verdict)
    return { cause: null, change: { kind: "flipped", cause: past.cause, severity: CAUSES[past.cause].severity } };
  const cause = firstCause(night, last);
  if (cause !== null) return cause === last.cause && !wasGoneForLong(night) ? { cause, change: null } : open(cause, night);
  // A signature that comes beside the one that counts does not undo a move: a signed release keeps its cause.
  if (last.verdict === word && word === "signed") return { cause: last.cause, change: null };
  return end(word === "signed" ? "recovered" : "withdrawn", last);
}

function ruleOnNewDigest(night: ReleaseNight, last: Judgement | null, word: DefinitiveWord): Ruling {
  if (last?.cause && last.left === night.digest && word === "signed")
    return { cause: null, change: closing("reversed", wayBack(night, last)) };
  const cause = firstCause(night, last);
  if (cause !== null) return open(cause, night);
  return last === null ? NOTHING : end(word === "signed" ? "recovered" : "withdrawn", last);
}

/**
 * Names the way back to the digest that the tag left, if the move no longer counts as a mistake. If the image that the tag comes from was
 * ever signed, it is a rollback, whatever became of that signature since.
 */
function wayBack(night: ReleaseNight, last: Judgement): "tag-rolled-back" | "tag-moved" {
  const wasSigned = last.verdict === "signed" || last.formerSigners !== undefined;
  return wasSigned && (last.cause === "tag-moved" || night.order === "older") ? "tag-rolled-back" : "tag-moved";
}

/** Only the digests of the first listing are taken as they are: a tag that moved before its first verdict has moved. */
function isBaseline(night: ReleaseNight, last: Judgement | null): boolean {
  if (last !== null || !night.takeAsBaseline) return false;
  const previousDigest = previousDigestOf(night.previous);
  return previousDigest === null || previousDigest === night.digest;
}

/** An exemption removes the rows of the table that it covers, so that it cannot hide a row that it does not cover. */
function firstCause(night: ReleaseNight, last: Judgement | null): Cause | null {
  const causes = matchCauses({ ...night, last, previousDigest: previousDigestOf(night.previous) });
  return causes.find((cause) => !night.exempt || NEVER_EXEMPT.has(cause)) ?? null;
}

function open(cause: Cause, night: ReleaseNight): Ruling {
  return { cause, change: { kind: "opened", cause, severity: severityOf(cause, night) } };
}

/** A move to a signed digest outlives what becomes of that digest: only reversal, acknowledgement or age ends it. */
function end(kind: "recovered" | "withdrawn", last: Judgement): Ruling {
  const isEventOfSigned = last.cause !== null && CAUSES[last.cause].lasting === "event" && last.verdict === "signed";
  return { cause: null, change: last.cause === null || isEventOfSigned ? null : closing(kind, last.cause) };
}

function keep(night: ReleaseNight, last: Judgement): Ruling {
  const isCovered = night.exempt && last.cause !== null && !NEVER_EXEMPT.has(last.cause);
  if (!isCovered && last.cause !== null && last.verdict !== "signed" && wasGoneForLong(night)) return open(last.cause, night);
  return isCovered ? end("withdrawn", last) : { cause: last.cause, change: null };
}

/** If a tag was gone for so long, the findings from before were withdrawn meanwhile. */
function wasGoneForLong({ previous, run }: ReleaseNight): boolean {
  const since = previous?.removedSince ?? null;
  return since !== null && Date.parse(since) < Date.parse(run) - GONE_DAYS * DAY_MILLISECONDS;
}

function needsAnotherLook(night: ReleaseNight, last: Judgement): boolean {
  return !isDeepStrictEqual([...night.artifacts], [...last.artifacts]) || (last.exempt && !night.exempt);
}

function judgementOf(night: ReleaseNight, last: Judgement | null, word: DefinitiveWord, cause: Cause | null): Judgement {
  const same = last?.digest === night.digest;
  const left = same ? last.left : previousDigestOf(night.previous);
  const hasMoved = cause !== null && (same || CAUSES[cause].lasting === "event");
  return {
    digest: night.digest,
    verdict: word,
    reason: night.verdict.reason,
    signers: night.verdict.signers,
    artifacts: night.artifacts,
    epoch: night.epoch,
    exempt: night.exempt && (cause === null || !NEVER_EXEMPT.has(cause)),
    cause,
    since: same && last.verdict === word ? last.since : night.run,
    ...(hasMoved && left ? { left } : {}),
    ...formerSignersOf(last, same, word),
  };
}

function formerSignersOf(last: Judgement | null, same: boolean, word: DefinitiveWord): Pick<Judgement, "formerSigners"> {
  if (last === null || !same || word === "signed") return {};
  const signers = last.verdict === "signed" ? last.signers : last.formerSigners;
  return signers === undefined || signers.length === 0 ? {} : { formerSigners: signers };
}
