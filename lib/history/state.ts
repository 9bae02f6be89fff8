import type { PlaceName } from "../discovery/places.ts";
import type { Digest } from "../oci/digest.ts";
import type { VerifiedSigner } from "../verification/candidate-result.ts";
import type { Severity } from "../watchlist/watch-list.ts";
import type { Cause, CoverageLoss } from "./cause.ts";
import type { Acknowledgement, FindingStatus, FindingStep } from "./findings/finding-step.ts";
import type { ChangeKind, SummaryKind } from "./change-kind.ts";
import type { Meanwhile } from "./meanwhile.ts";
import type { PolicyFacts } from "./policy-facts.ts";
import type { RecordedAnswer } from "./recorded-answer.ts";
import type { RetentionFacts } from "./retention-facts.ts";
import type { ReportFacts } from "./report-facts.ts";
import type { StormFacts } from "./storm-facts.ts";
import type { DefinitiveWord, VerdictWord } from "./verdict.ts";

/** The name of a run: the time that it is for (ISO, UTC, whole seconds). It does not order runs: see RunRef. */
export type RunId = string;

/** The name under which the watch list itself has a state and findings, as if it were a repository. */
export const WATCH_LIST_NAME = "sealwatch.yaml";

/** The verdict of a release's last definitive night, with what it rests on. */
export interface Judgement {
  readonly digest: Digest;
  readonly verdict: DefinitiveWord;
  readonly reason: string | null;
  readonly signers: readonly VerifiedSigner[];
  /** The signature manifests that were there, sorted, whether they satisfied the policy or not. */
  readonly artifacts: readonly Digest[];
  /** The hash of verifier version, trust material, policy, target and places. */
  readonly epoch: string;
  readonly exempt: boolean;
  /** The cause that this release has; null for a baseline, a flip that only the epoch explains, and a signed release. */
  readonly cause: Cause | null;
  /** The run that first gave this verdict for this digest. */
  readonly since: RunId;
  /** Who signed this digest when it was last signed, if it no longer is. Their signatures may still be there, or be lost later. */
  readonly formerSigners?: readonly VerifiedSigner[];
  /** The digest that the tag left, as long as that is a cause. If the tag returns to it, and it is signed, the move is reversed. */
  readonly left?: Digest;
}

/** The state of one tag of one repository. It is written only if it differs from what was read. */
export interface TagState {
  readonly tag: string;
  /** 0 if the state is not stored yet. Every write demands the version that was read, and adds one. */
  readonly version: number;
  /** The run that wrote this state. An older run never replaces the state of a newer one. */
  readonly run: RunId;
  /** The number of that run, as it was read. The store sets it; absent in a state that is not stored yet, or that is older than numbers. */
  readonly number?: number;
  /** True for a tag of the repository's first complete listing until its first definitive verdict, which opens no finding. */
  readonly baseline: boolean;
  /** Every digest that the tag named, oldest first, each with the run that first saw it; the last one is current. At most 50. */
  readonly timeline: readonly { readonly digest: Digest; readonly since: RunId }[];
  /** The verdict that was shown last, which may be unknown or pending. */
  readonly shown: { readonly verdict: VerdictWord; readonly reason: string | null; readonly explanation: string; readonly since: RunId };
  readonly last: Judgement | null;
  /** What each place said when the shown verdict was given. It is recalled on nights that ask only the recorded place. */
  readonly places?: readonly RecordedAnswer[];
  /** The digest of what all places last answered, by which another policy can be judged. Absent in older histories. */
  readonly facts?: Digest;
  /** What was told since nobody can judge the release. Absent if nothing was. */
  readonly meanwhile?: Meanwhile;
  /** What older histories have in place of `meanwhile`: true from the night of `evidence-flooded` until the next definitive verdict. */
  readonly flooded?: boolean;
  /** The run that found the image signed that the tag left before its grace was over: its grace counts from then. Absent otherwise. */
  readonly graceSince?: RunId;
  /**
   * Recorded artifacts that the registry itself calls absent although a place still names them, each with the first run that heard so. On
   * the second night they count as gone. Absent if there are none, and in older histories.
   */
  readonly gone?: Readonly<Record<Digest, RunId>>;
  /** If the release is unknown: the last run that got an answer for it, or its first run if none did. Null otherwise. */
  readonly unansweredSince: RunId | null;
  readonly removedSince: RunId | null;
  /** What opened findings of this tag within the last week, oldest first. The third opening of one cause is flapping. */
  readonly openings?: readonly { readonly cause: Cause; readonly run: RunId }[];
  /** The hash of the last observation. If tonight's is the same, nothing is appended to the history. */
  readonly observed?: string;
  /** The changes that no conclusion has taken yet. */
  readonly pending: readonly Change[];
  /** To be appended to the history together with this state. A loaded state has none. */
  readonly observation?: Observation;
}

/**
 * What is true of a tag from a run on, until its next observation. An observation is appended if anything differs from the last one; a
 * later run never replaces it. So the state of a repository at a past time is the last observation of each tag before that time.
 */
export interface Observation {
  readonly run: RunId;
  readonly tag: string;
  readonly digest: Digest | null;
  /** Null if the tag is gone. */
  readonly verdict: VerdictWord | null;
  readonly reason: string | null;
  readonly signers: readonly VerifiedSigner[];
  /** The signature manifests that were there, sorted. */
  readonly artifacts: readonly Digest[];
  /** The name of the policy; null if the tag is gone, or an older history did not say. */
  readonly policy: string | null;
  readonly epoch: string;
  /** The digest of what was found out about the release, as in TagState. Absent if nothing was, and in older histories. */
  readonly facts?: Digest;
  readonly exemption: {
    readonly reason: string;
    readonly owner: string | null;
    readonly ticket: string | null;
    readonly until: string | null;
  } | null;
}

/** The state of a repository itself, beside those of its tags. It is written only if it differs from what was read. */
export interface RepositoryState {
  /** As in TagState. */
  readonly version: number;
  /** As in TagState. */
  readonly run: RunId;
  /** As in TagState. */
  readonly number?: number;
  /** The run that completed the first listing: it listed all tags, and left no release waiting. Null until then. */
  readonly baselineRun: RunId | null;
  /**
   * What is known of the referrers API. `learned`: a referrer that it listed was fetched, and named its subject; since then, a 404 is a
   * failure. `missingNights`: on how many nights it has answered 404 since it last answered; `missingRun`: the last run that counted one.
   */
  readonly referrersApi: { readonly learned: boolean; readonly missingNights: number; readonly missingRun: RunId | null };
  /** If the last listing was not complete: the last run that listed the repository, or the first that tried if none did. Null otherwise. */
  readonly unansweredSince: RunId | null;
  /** Whether a release was ever signed. */
  readonly everSigned: boolean;
  /** True once `never-signed` was told, until the first signed release: meanwhile there is no finding for each release. */
  readonly neverSigned: boolean;
  /** The first complete run under each exemption and `signedSince`, by key. They cover only digests that were there then. */
  readonly rules?: Readonly<Record<string, RunId>>;
  /** What was told once, with the run that told it: a signer at a place, an exemption that ends, a rule that will remove signatures. */
  readonly toldOnce?: Readonly<Record<string, RunId>>;
  /** The watch list that the last run audited by. Only the watch list's own state has it. */
  readonly watchList?: Digest;
  /** The last month (`2026-10`) whose scheduled report was written. Only the watch list's own state has it. */
  readonly reported?: string;
  /** True once `coverage-lost` was told, until the repository answers again. */
  readonly coverageLost: boolean;
  /** What of it was told, each in a finding of its own. Absent if nothing is, or if an older history told all in one finding. */
  readonly lost?: readonly CoverageLoss[];
  /** True once `nothing-watched` was told, until there is a release. */
  readonly nothingWatched?: boolean;
  /** The new tags that wait for their turn, those first that wait longest; see WaitingLine. Absent if none does. */
  readonly waiting?: string;
  /** The run that told `repository-gone`; null once the registry lists the repository again. */
  readonly gone?: RunId | null;
  /** The run in which a pattern matched the repository for the first time, if the registry had been listed before. */
  readonly appeared?: RunId;
  /** The changes of the repository itself that no conclusion has taken yet. */
  readonly pending: readonly Change[];
}

/** What is recorded of a repository and its tags, as it is read at once. */
export interface RepositoryHistory {
  readonly repository: RepositoryState | null;
  readonly tags: ReadonlyMap<string, TagState>;
}

/** How a release (or repository) was or is, for people and programs: the `before` and `after` of a finding. */
export interface Snapshot {
  readonly digest: Digest | null;
  readonly verdict: VerdictWord | null;
  readonly reason: string | null;
  readonly signers: readonly VerifiedSigner[];
  /** The run that saw it; for `before`, the first one. */
  readonly run: RunId;
}

/** The facts for the text of a finding. Every fact was recorded; none is guessed. */
export interface ChangeFacts {
  /** For a baseline: the number of its releases by verdict. */
  readonly counts?: Readonly<Record<"releases" | VerdictWord, number>>;
  readonly explanation: string;
  /** One phrase for each place: `referrers API (200, empty list)`. */
  readonly lookedIn: readonly string[];
  /** Other tags of the same digest in this run. At most 20: moving tags and the highest versions. */
  readonly alsoServedAs: readonly string[];
  /** The highest other version that is signed, with the names of its signers, for comparison. */
  readonly signedBefore: { readonly tag: string; readonly signers: readonly string[]; readonly count: number } | null;
  /** The last run that saw the release as it was before, for "pushed between". */
  readonly lastSeenBefore: RunId | null;
  /** The run that first saw the digest, if an earlier run than tonight's saw it without a verdict. */
  readonly firstSeen?: RunId;
  /** A command that shows the same with public tools, and the tool that it needs. */
  readonly check: { readonly tool: string; readonly command: string } | null;
  readonly owner: string | null;
  readonly graceSeconds: number;
  /** For `signer-changed`: who signed this release, and who signed those before it. `returned`: the signer was used long ago. */
  readonly signerChange?: { readonly signers: readonly string[]; readonly before: readonly string[]; readonly returned: boolean };
  /** For `release-reused`: the version that named the digest first. */
  readonly reusedFrom?: string;
  /** For `mirror-gap`: the repository in which the digest is signed. */
  readonly mirrorOf?: string;
  /** For `visibility-changed`: where the signer's signatures are now, and where they were. */
  readonly visibility?: { readonly signer: string; readonly from: readonly PlaceName[]; readonly to: readonly PlaceName[] };
  /** For `coverage-lost`: what was lost when it was told. */
  readonly losses?: readonly CoverageLoss[];
  /** For `exemption-ending`. */
  readonly exemption?: { readonly tags: readonly string[]; readonly reason: string; readonly owner: string; readonly until: string };
  /** For `retention-ahead`. */
  readonly retention?: RetentionFacts;
  /** For `policy-changed`, `trust-changed` and `verifier-changed`. */
  readonly policy?: PolicyFacts;
  /** For a storm. */
  readonly storm?: StormFacts;
  /** For a scheduled report. */
  readonly report?: ReportFacts;
}

/**
 * Two states differ. A change is written as pending together with the state, in one conditional write, and a conclusion turns it into a
 * finding. Its kind says what else it does (see ChangeKind). `newChange` makes one.
 */
export interface Change {
  /** Derived from repository, tag, kind, cause, digest, run and `about`, so that a repeated run repeats it. */
  readonly id: string;
  readonly run: RunId;
  /** The number of the run. The store sets it when it records the change; absent before that, and in older histories. */
  readonly number?: number;
  readonly repository: string;
  readonly tag: string | null;
  readonly kind: ChangeKind;
  /** The change's place among the changes of its tag, or of its repository itself, in one run: see inOrder. Absent in older histories. */
  readonly order?: number;
  /**
   * What of the repository or watch list the change is about, if that may be several things: an exemption, a signer at a place, a policy.
   */
  readonly about?: string;
  /** True for the third opening of this cause within a week. */
  readonly flapping?: true;
  readonly cause: Cause | null;
  readonly severity: Severity;
  readonly before: Snapshot | null;
  readonly after: Snapshot;
  readonly facts: ChangeFacts;
}

/** The resolution of a move that was taken back. */
export const BACK_AT_LEFT_DIGEST = "the tag is back at the digest that it left";

/** Something to tell. Its id is 8 characters that a person can type, derived from its first change. */
export interface Finding {
  readonly id: string;
  readonly version: number;
  readonly cause: Cause;
  readonly severity: Severity;
  readonly repository: string;
  readonly tag: string | null;
  /** The `about` of the change that opened it. */
  readonly about?: string;
  readonly digest: Digest | null;
  readonly before: Snapshot | null;
  readonly after: Snapshot;
  readonly facts: ChangeFacts;
  readonly status: FindingStatus;
  readonly openedAt: RunId;
  readonly resolvedAt: RunId | null;
  /** Why it was resolved or withdrawn, for people; null while it is live. */
  readonly resolution: string | null;
  /** How its release was when it recovered. Absent if it did not, or if an older history did not say. */
  readonly ended?: Snapshot;
  readonly acknowledgement: Acknowledgement | null;
  /** Every status that it had, oldest first; the last one is present. Absent if an older history did not say. */
  readonly steps?: readonly FindingStep[];
  /** Set from the third opening within a week on. The finding then stays open, and silent, until it has been quiet for as long. */
  readonly flapping: { readonly since: RunId; readonly lastChange: RunId; readonly isGood: boolean } | null;
  /** What was known of a move until a run could judge its image, which then became `after`. Absent if that was known from the start. */
  readonly unread?: Pick<Finding, "after" | "facts" | "severity"> & { readonly until: RunId };
  /** The run that found the tag gone from the registry. After 30 days the finding is withdrawn. */
  readonly goneSince: RunId | null;
  /** When each channel was last told or reminded. */
  readonly told: Readonly<Record<string, RunId>>;
}

/** One thing to be told on one channel: a finding, its recovery or reminder, or a change that sums something up. */
export interface OutboxEntry {
  /** `<change id>/<finding id>/<channel>`, or `<finding id>/reminder/<run>/<channel>` for a reminder: a repeated conclusion repeats it. */
  readonly id: string;
  readonly channel: string;
  readonly run: RunId;
  readonly findingId: string;
  readonly kind: "opened" | "recovered" | "reminder" | SummaryKind;
  /** For a summary, which has no finding: the change that sums something up. */
  readonly summary: Change | null;
  readonly sentAt: string | null;
}
