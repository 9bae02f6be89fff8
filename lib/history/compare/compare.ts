import { isDeepStrictEqual } from "node:util";
import type { Digest } from "../../oci/digest.ts";
import type { Severity } from "../../watchlist/watch-list.ts";
import { CAUSES, NEVER_EXEMPT, type Cause, type EpochCause } from "../cause.ts";
import type { DigestOrder } from "./digest-order.ts";
import type { SignerChange } from "./signer-change.ts";
import { matchCauses, severityOf } from "./matching-causes.ts";
import type { Judgement, RunId, TagState } from "../state.ts";
import { isDefinitive, type DefinitiveWord, type Verdict } from "../verdict.ts";

/** What is known of one release tonight, beside what was recorded. */
export interface ReleaseNight {
  readonly run: RunId;
  readonly tag: string;
  readonly isVersionTag: boolean;
  /** As recorded before tonight: its timeline ends with the digest that the tag named then. Null for a new tag. */
  readonly previous: TagState | null;
  readonly digest: Digest;
  readonly verdict: Verdict;
  /** Signature manifests that are there tonight, sorted. */
  readonly artifacts: readonly Digest[];
  readonly epoch: string;
  /** Tonight's facts judged under the epoch of `previous.last`, and what is new about tonight's; null where that epoch is tonight's. */
  readonly underPreviousEpoch: PastVerdict | null;
  /** No place lists the recorded signature any more: its manifest is gone, or still answers by digest. */
  readonly lostSignature: "deleted" | "detached" | null;
  /** Tonight's digest against {@link previousDigestOf}. */
  readonly order: DigestOrder;
  /** Whether a version tag names tonight's digest. */
  readonly namedByVersionTag: boolean;
  /** The tag is of the repository's first complete listing: its first definitive verdict opens nothing. */
  readonly takeAsBaseline: boolean;
  /** The repository's state: no finding a release until its first signed one. */
  readonly neverSigned: boolean;
  readonly exempt: boolean;
  /** Of a new version that is signed: whether another signer made it than those before. */
  readonly signerChange: SignerChange | null;
  /** The version that named the digest of a new version tag first, or null. */
  readonly reusedFrom: string | null;
}

/** What tonight's facts were worth under the former epoch. */
export interface PastVerdict {
  readonly verdict: Verdict;
  readonly cause: EpochCause;
}

/** The change to record for a release. `recovered`, `reversed` and `withdrawn` name the cause that ended. */
export interface ReleaseChange {
  readonly kind: "opened" | "recovered" | "reversed" | "withdrawn" | "flipped";
  readonly cause: Cause;
  readonly severity: Severity;
  /** The third opening of its cause within a week. */
  readonly flapping?: true;
}

export interface Comparison {
  /** What is now the last definitive judgement: unchanged where tonight is unknown or pending. */
  readonly judgement: Judgement | null;
  /** To be recorded as {@link TagState.flooded}. */
  readonly flooded: boolean;
  /** Whether `judgement` or `flooded` is not what was recorded. Without a change nothing of them needs a write. */
  readonly differs: boolean;
  readonly change: ReleaseChange | null;
}

/**
 * Compares a release with its last definitive night (architecture section 5). Pure and total.
 *
 * Unknown and pending change nothing. A release whose tag, digest and verdict stay as they were keeps its cause or none,
 * unless a signature is new or gone or an exemption ended; otherwise its cause is the first row of the table that matches.
 */
export function compareRelease(night: ReleaseNight): Comparison {
  const last = night.previous?.last ?? null;
  const { verdict } = night;
  if (!isDefinitive(verdict.verdict)) return compareUnanswered(night, last);
  const ruling = ruleOn(night, last, verdict.verdict);
  const judgement = judgementOf(night, last, verdict.verdict, ruling.cause);
  const wasFlooded = night.previous?.flooded ?? false;
  return {
    judgement,
    flooded: false,
    differs: wasFlooded || !isDeepStrictEqual(judgement, last),
    change: markFlapping(ruling.change, night) ?? (wasFlooded ? closing("recovered", "evidence-flooded") : null),
  };
}

/** Architecture section 5, "Life": so many openings within so many days are one finding that stays open. */
const FLAPPING_OPENINGS = 3;
export const FLAPPING_DAYS = 7;
/** Findings of releases that are gone for so long are withdrawn. */
export const GONE_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;

function markFlapping(change: ReleaseChange | null, { previous, run }: ReleaseNight): ReleaseChange | null {
  if (change?.kind !== "opened") return change;
  const earlier = recentOpenings(previous, run).filter(({ cause }) => cause === change.cause);
  return earlier.length + 1 < FLAPPING_OPENINGS ? change : { ...change, flapping: true };
}

/** The openings of a tag within the days that count for flapping. */
export function recentOpenings(previous: TagState | null, run: RunId): NonNullable<TagState["openings"]> {
  const oldest = Date.parse(run) - FLAPPING_DAYS * DAY_MILLISECONDS;
  return (previous?.openings ?? []).filter((opening) => Date.parse(opening.run) > oldest);
}

/** The digest that a tag named before tonight: that of its last definitive night, or where none was, the first one seen: a move before the first verdict is a move. */
export function previousDigestOf(previous: TagState | null): Digest | null {
  return previous?.last?.digest ?? previous?.timeline[0]?.digest ?? null;
}

/**
 * A flood of candidates hides whether the release is signed: told that night (section 3), once while it stays.
 * The first night of a baseline tells nothing, so a flood that it found is not told later either.
 */
function compareUnanswered(night: ReleaseNight, last: Judgement | null): Comparison {
  const before = night.previous?.flooded ?? false;
  const isFlooded = night.verdict.reason === "evidence-flooded" && !night.neverSigned && !night.exempt;
  const flooded = before || isFlooded;
  const tells = isFlooded && !before && !(night.takeAsBaseline && night.previous === null);
  return {
    judgement: last,
    flooded,
    differs: flooded !== before,
    change: tells ? { kind: "opened", cause: "evidence-flooded", severity: CAUSES["evidence-flooded"].severity } : null,
  };
}

interface Ruling {
  readonly cause: Cause | null;
  readonly change: ReleaseChange | null;
}

const NOTHING: Ruling = { cause: null, change: null };

function ruleOn(night: ReleaseNight, last: Judgement | null, word: DefinitiveWord): Ruling {
  if (night.neverSigned || isBaseline(night, last)) return NOTHING;
  if (last === null || last.digest !== night.digest) return ruleOnNewDigest(night, last, word);
  if (last.verdict === word && !needsAnotherLook(night, last)) return keep(night, last);
  const past = night.underPreviousEpoch;
  if (last.verdict !== word && past?.verdict.verdict === last.verdict)
    return { cause: null, change: { kind: "flipped", cause: past.cause, severity: CAUSES[past.cause].severity } };
  const cause = firstCause(night, last);
  if (cause !== null) return cause === last.cause && !wasGoneForLong(night) ? { cause, change: null } : open(cause, night);
  // A signature beside the one that counts does not undo a move: what a signed release has, it keeps.
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
 * What the way back to the digest that the tag left is, where nobody holds the move for a mistake any more: a rollback from an image that
 * was signed once, whatever became of its signature since.
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

/** An exemption takes the rows out of the table that it covers, so that it cannot hide one that it does not cover. */
function firstCause(night: ReleaseNight, last: Judgement | null): Cause | null {
  const causes = matchCauses({ ...night, last, previousDigest: previousDigestOf(night.previous) });
  return causes.find((cause) => !night.exempt || NEVER_EXEMPT.has(cause)) ?? null;
}

function open(cause: Cause, night: ReleaseNight): Ruling {
  return { cause, change: { kind: "opened", cause, severity: severityOf(cause, night) } };
}

/** A move to a signed digest outlives what its digest is later: it ends by reversal, acknowledgement or age alone. */
function end(kind: "recovered" | "withdrawn", last: Judgement): Ruling {
  const isEventOfSigned = last.cause !== null && CAUSES[last.cause].lasting === "event" && last.verdict === "signed";
  return { cause: null, change: last.cause === null || isEventOfSigned ? null : closing(kind, last.cause) };
}

function keep(night: ReleaseNight, last: Judgement): Ruling {
  const isCovered = night.exempt && last.cause !== null && !NEVER_EXEMPT.has(last.cause);
  if (!isCovered && last.cause !== null && last.verdict !== "signed" && wasGoneForLong(night)) return open(last.cause, night);
  return isCovered ? end("withdrawn", last) : { cause: last.cause, change: null };
}

/** What was told of the tag before it went was withdrawn meanwhile. */
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

function closing(kind: Exclude<ReleaseChange["kind"], "opened" | "flipped">, cause: Cause): ReleaseChange {
  return { kind, cause, severity: CAUSES[cause].severity };
}
