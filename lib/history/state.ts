import type { PlaceName } from "../discovery/places.ts";
import type { Digest } from "../oci/digest.ts";
import type { VerifiedSigner } from "../verification/candidate-result.ts";
import type { Severity } from "../watchlist/watch-list.ts";
import type { Cause, CoverageLoss } from "./cause.ts";
import type { Acknowledgement, FindingStatus, FindingStep } from "./findings/finding-step.ts";
import type { ChangeKind, SummaryKind } from "./change-kind.ts";
import type { PolicyFacts } from "./policy-facts.ts";
import type { ReportFacts } from "./report-facts.ts";
import type { DefinitiveWord, VerdictWord } from "./verdict.ts";

/**
 * What is remembered, and nothing else: the same values for every store.
 * A run is named by its scheduled time (ISO, UTC, whole seconds), which also orders runs.
 */
export type RunId = string;

/** The name under which the watch list itself has a state and findings, as if it were a repository. */
export const WATCH_LIST_NAME = "sealwatch.yaml";

/** The verdict of a release's last definitive night, with what it rested on. */
export interface Judgement {
  readonly digest: Digest;
  readonly verdict: DefinitiveWord;
  readonly reason: string | null;
  readonly signers: readonly VerifiedSigner[];
  /** Signature manifests that were there (sorted), whether they satisfied or not. */
  readonly artifacts: readonly Digest[];
  /** Hash of verifier version, trust material, policy, target and places. */
  readonly epoch: string;
  readonly exempt: boolean;
  /** The cause that this release has, or null (baseline, a flip that only the epoch explains, signed). */
  readonly cause: Cause | null;
  /** The run in which this verdict was first given for this digest. */
  readonly since: RunId;
  /** Who signed this digest when it was last signed, where it is not any more: their signatures may still be there, or be lost later. */
  readonly formerSigners?: readonly VerifiedSigner[];
  /** The digest that the tag left, from a move or rollback on while there is a cause: its return, signed, is the reversal. */
  readonly left?: Digest;
}

/** A place's answer as it was recorded. */
export interface RecordedAnswer {
  readonly place: PlaceName;
  readonly answer: "found" | "nothing" | "notApplicable" | "failed";
  readonly detail: string;
}

/** One tag of one repository. Written only where something differs from what was read. */
export interface TagState {
  readonly tag: string;
  /** 0: not yet stored. Every write adds one and demands the version that was read. */
  readonly version: number;
  /** The run that wrote this; an older run never replaces a newer one's. */
  readonly run: RunId;
  /** True until the first definitive verdict of a tag of the repository's first complete listing: that verdict opens no finding. */
  readonly baseline: boolean;
  /** Every digest that the tag named, oldest first, each with the run that first saw it; the last is the current one. At most 50. */
  readonly timeline: readonly { readonly digest: Digest; readonly since: RunId }[];
  /** The verdict as last shown, unknown and pending included. */
  readonly shown: { readonly verdict: VerdictWord; readonly reason: string | null; readonly explanation: string; readonly since: RunId };
  readonly last: Judgement | null;
  /** What each place said when the verdict shown was given: recalled on nights that ask the recorded place only. */
  readonly places?: readonly RecordedAnswer[];
  /** What was found out when every place answered last: evidence from which another policy is judged. Absent in older histories. */
  readonly facts?: Digest;
  /** True from the night on which `evidence-flooded` was judged until the next definitive verdict: it is told once. */
  readonly flooded?: boolean;
  /** Where the release is unknown: the last run that answered for it (its first run, where none did). */
  readonly unansweredSince: RunId | null;
  readonly removedSince: RunId | null;
  /** What opened findings of this tag within the last week, oldest first: the third opening of one cause is flapping. */
  readonly openings?: readonly { readonly cause: Cause; readonly run: RunId }[];
  /** Hash of what was last observed: where it is the same, there is nothing to append to the history. */
  readonly observed?: string;
  /** Changes that no conclude has taken yet. */
  readonly pending: readonly Change[];
  /** To be appended to the history together with this state; never part of what is loaded. */
  readonly observation?: Observation;
}

/**
 * What is true of a tag from a run on, until its next observation: appended whenever anything of it changes, never replaced by a later
 * run. The state of a repository at any past time is the last observation of each tag before it.
 */
export interface Observation {
  readonly run: RunId;
  readonly tag: string;
  readonly digest: Digest | null;
  /** Null: the tag is gone. */
  readonly verdict: VerdictWord | null;
  readonly reason: string | null;
  readonly signers: readonly VerifiedSigner[];
  /** Signature manifests that were there, sorted. */
  readonly artifacts: readonly Digest[];
  /** Name of the policy; null where the tag is gone or an older history did not say. */
  readonly policy: string | null;
  readonly epoch: string;
  /** What was found out about the release, as evidence: see TagState. Absent where nothing was, and in older histories. */
  readonly facts?: Digest;
  readonly exemption: {
    readonly reason: string;
    readonly owner: string | null;
    readonly ticket: string | null;
    readonly until: string | null;
  } | null;
}

export interface RepositoryState {
  readonly version: number;
  readonly run: RunId;
  /** The run of the first complete listing, set after all its tags were recorded. */
  readonly baselineRun: RunId | null;
  /** A listed referrer was once fetched and named its subject; `missingSince`: well-formed 404s since then, `nights` of them. */
  readonly referrersApi: { readonly learned: boolean; readonly missingNights: number; readonly missingRun: RunId | null };
  /** Since which run the listing is not answered: the last that did (or the first, where none did). */
  readonly unansweredSince: RunId | null;
  readonly everSigned: boolean;
  /** The `never-signed` state: no finding a release until the first signed one. */
  readonly neverSigned: boolean;
  /** The first complete run under each exemption and `signedSince`, by key: they cover only digests that were there then. */
  readonly rules?: Readonly<Record<string, RunId>>;
  /** What was told once: a signer at a place (`visibility-changed`), an exemption that ends; with the run that told it. */
  readonly toldOnce?: Readonly<Record<string, RunId>>;
  /** Of the watch list's own state only: the one that the last run audited by. */
  readonly watchList?: Digest;
  /** Of the watch list's own state only: the last month (`2026-10`) whose scheduled report was written. */
  readonly reported?: string;
  /** Whether `coverage-lost` is what was last told of this repository. */
  readonly coverageLost: boolean;
  readonly pending: readonly Change[];
}

export interface RepositoryHistory {
  readonly repository: RepositoryState | null;
  readonly tags: ReadonlyMap<string, TagState>;
}

/** What a release (or repository) was or is, for people and programs: the `before` and `after` of a finding. */
export interface Snapshot {
  readonly digest: Digest | null;
  readonly verdict: VerdictWord | null;
  readonly reason: string | null;
  readonly signers: readonly VerifiedSigner[];
  /** The run that saw it (first, for `before`). */
  readonly run: RunId;
}

/** Facts for the text of a finding; every one recorded, none guessed. */
export interface ChangeFacts {
  /** Of a baseline: its releases by verdict. */
  readonly counts?: Readonly<Record<"releases" | VerdictWord, number>>;
  readonly explanation: string;
  /** One phrase a place: `referrers API (200, empty list)`. */
  readonly lookedIn: readonly string[];
  /** Other tags of the same digest in this run: at most 20, moving ones and the highest versions. */
  readonly alsoServedAs: readonly string[];
  /** The highest other version that is signed, with its signers' names, for comparison. */
  readonly signedBefore: { readonly tag: string; readonly signers: readonly string[]; readonly count: number } | null;
  /** The last run that saw the release as it was before, for "pushed between". */
  readonly lastSeenBefore: RunId | null;
  /** The run that first saw the digest, where an earlier one than tonight's saw it without a verdict. */
  readonly firstSeen?: RunId;
  /** A command that shows the same with public tools, and what it needs. */
  readonly check: { readonly tool: string; readonly command: string } | null;
  readonly owner: string | null;
  readonly graceSeconds: number;
  /** Of `signer-changed`: who signed this release, who the ones before it. `returned`: a signer that was used long ago. */
  readonly signerChange?: { readonly signers: readonly string[]; readonly before: readonly string[]; readonly returned: boolean };
  /** Of `release-reused`: the version that named the digest first. */
  readonly reusedFrom?: string;
  /** Of `visibility-changed`: where the signer's signatures are now, and where they were. */
  readonly visibility?: { readonly signer: string; readonly from: readonly PlaceName[]; readonly to: readonly PlaceName[] };
  /** Of `coverage-lost`: what was lost when it was told. */
  readonly losses?: readonly CoverageLoss[];
  /** Of `exemption-ending`. */
  readonly exemption?: { readonly tags: readonly string[]; readonly reason: string; readonly owner: string; readonly until: string };
  /** Of `policy-changed`, `trust-changed`, `verifier-changed`. */
  readonly policy?: PolicyFacts;
  /**
   * Of a storm (architecture section 5): `total` releases `of` all that the registry or signer `about` has turned for the worse in one run
   * and were read again; `real` proved so, `recovered` were as before, `unread` could not be read.
   */
  readonly storm?: {
    readonly total: number;
    readonly of: number;
    readonly real: number;
    readonly recovered: number;
    readonly unread: number;
    readonly about: string;
  };
  /** Of a scheduled report. */
  readonly report?: ReportFacts;
}

/**
 * Two states differ. Written with the state itself, as pending, in one conditional write; a conclude turns it into a finding.
 * Its kind says what else it does (see ChangeKind).
 */
export interface Change {
  /** Derived from repository, tag, kind, cause, digest and run: a repeated run repeats it. */
  readonly id: string;
  readonly run: RunId;
  readonly repository: string;
  readonly tag: string | null;
  readonly kind: ChangeKind;
  /** Its place among the changes of its tag, or of its repository itself, in one run: see inOrder. Absent in older histories. */
  readonly order?: number;
  /** What of the repository or watch list it is about, where that may be several things: an exemption, a signer at a place, a policy. */
  readonly about?: string;
  /** The third opening of this cause within a week. */
  readonly flapping?: true;
  readonly cause: Cause | null;
  readonly severity: Severity;
  readonly before: Snapshot | null;
  readonly after: Snapshot;
  readonly facts: ChangeFacts;
}

/** The resolution of a move that was taken back. */
export const BACK_AT_LEFT_DIGEST = "the tag is back at the digest that it left";

/** Something to tell. Identified by 8 characters that a person can type, derived from its first change. */
export interface Finding {
  readonly id: string;
  readonly version: number;
  readonly cause: Cause;
  readonly severity: Severity;
  readonly repository: string;
  readonly tag: string | null;
  /** As of the change that opened it. */
  readonly about?: string;
  readonly digest: Digest | null;
  readonly before: Snapshot | null;
  readonly after: Snapshot;
  readonly facts: ChangeFacts;
  readonly status: FindingStatus;
  readonly openedAt: RunId;
  readonly resolvedAt: RunId | null;
  /** Why it was resolved or withdrawn, for people; null while open. */
  readonly resolution: string | null;
  /** How its release was when it recovered; absent where it did not, or an older history did not say. */
  readonly ended?: Snapshot;
  readonly acknowledgement: Acknowledgement | null;
  /** Every status that it had, oldest first, the present one last; absent where an older history did not say. */
  readonly steps?: readonly FindingStep[];
  /** From the third opening within a week on: stays open, and silent, until it was quiet for as long. */
  readonly flapping: { readonly since: RunId; readonly lastChange: RunId; readonly isGood: boolean } | null;
  /** The run that found the tag gone from the registry; after 30 days the finding is withdrawn. */
  readonly goneSince: RunId | null;
  /** When each channel was last told or reminded. */
  readonly told: Readonly<Record<string, RunId>>;
}

/** One thing to be told on one channel: a finding, its recovery or reminder, or the change that sums up something. Sent: the channel took it. */
export interface OutboxEntry {
  /** `<change id>/<finding id>/<channel>`, of reminders `<finding id>/reminder/<run>/<channel>`: a repeated conclude repeats it. */
  readonly id: string;
  readonly channel: string;
  readonly run: RunId;
  readonly findingId: string;
  readonly kind: "opened" | "recovered" | "reminder" | SummaryKind;
  /** Of summaries, which have no finding: what they sum up. */
  readonly summary: Change | null;
  readonly sentAt: string | null;
}
