import type { Cause } from "../history/cause.ts";
import type { Acknowledgement, FindingStatus } from "../history/findings/finding-step.ts";
import type { Observation } from "../history/state.ts";
import type { VerdictWord } from "../history/verdict.ts";
import type { Digest } from "../oci/digest.ts";
import type { VerifiedSigner } from "../verification/candidate-result.ts";
import type { Severity } from "../watchlist/watch-list.ts";

/** The state of a release in a report: its verdict, or `exempt` if it is unsigned or untrusted and allowed to be. */
export type ReleaseState = VerdictWord | "exempt";

/** A verdict that needs an exemption. */
export type WrongWord = "unsigned" | "untrusted";

/** The order in which states are shown, best first. */
export const RELEASE_STATES = ["signed", "exempt", "pending", "unknown", "untrusted", "unsigned"] as const satisfies ReleaseState[];

/** The order of severity: of several verdicts, the first of these is the worst (architecture section 4, "Targets"). */
export const WORST_FIRST = ["unsigned", "untrusted", "unknown", "pending", "signed"] as const satisfies VerdictWord[];

/** The number of releases in each state. */
export type StateCounts = Readonly<Record<ReleaseState, number>>;

/**
 * A ReportModel is what was recorded of one period, as it was known at one time. It is the only source of every format, so that all of them
 * say the same. Days and times are UTC; hours are rounded to a tenth. Text from registries and certificates is kept as recorded; each
 * format escapes it.
 */
export interface ReportModel {
  readonly format: 1;
  readonly period: { readonly from: string; readonly to: string; readonly title: string };
  /** The time of the knowledge that the report rests on. */
  readonly asOf: string;
  /** The first sentence of the report. */
  readonly sentence: string;
  readonly summary: ReportSummary;
  /** Every day of the period up to `asOf`, oldest first. */
  readonly nights: readonly ReportNight[];
  /** Newest opening first. */
  readonly findings: readonly ReportFinding[];
  /** Oldest first. */
  readonly scopeChanges: readonly ScopeChange[];
  readonly exceptions: readonly ReportException[];
  readonly signers: readonly ReportSigner[];
  /** By name. */
  readonly repositories: readonly ReportRepository[];
  /** Ids of controls from the watch list, for OSCAL. */
  readonly controls: readonly string[];
}

/** The numbers of a report. Each release counts once: by its worst state if it was wrong in the period, otherwise by its last one. */
export interface ReportSummary {
  readonly releases: number;
  readonly repositories: number;
  /** Signed whenever the verdict was known. */
  readonly signed: number;
  readonly exempt: number;
  /** Unsigned at some time, or signed by nobody whom the policy names, and not exempt then. A release that was both is unsigned. */
  readonly unsigned: WrongReleases;
  readonly untrusted: WrongReleases;
  readonly unknown: number;
  readonly pending: number;
  /** How many of all releases had left the registry by the end. */
  readonly gone: number;
  readonly nights: Readonly<Record<"expected" | "complete" | "incomplete" | "missed", number>>;
  readonly findings: Readonly<Record<"total" | "live" | "acknowledged", number>>;
}

export interface WrongReleases {
  readonly releases: number;
  /** How many of these were still wrong at the end, and how many were unknown since. */
  readonly still: number;
  readonly unknownSince: number;
  /** The longest time of any of these, in hours. */
  readonly longestHours: number;
}

/** `missed`: no run over the complete watch list ended. `awaited`: the day was not over. `before`: the history had not begun. */
export type NightStatus = "complete" | "incomplete" | "missed" | "awaited" | "before";

export interface ReportNight {
  readonly day: string;
  readonly status: NightStatus;
  /** The run that the numbers come from, or null if nobody looked. */
  readonly run: string | null;
  /** Why the night is not complete, for people; null if it is. */
  readonly why: string | null;
  /** The states of its releases after that run, or null if nobody looked. */
  readonly states: StateCounts | null;
}

export interface ReportFinding {
  readonly id: string;
  readonly cause: Cause;
  readonly severity: Severity;
  /** Null if the finding is about the watch list. */
  readonly repository: string | null;
  readonly tag: string | null;
  readonly digest: Digest | null;
  /** One sentence. */
  readonly explanation: string;
  readonly openedAt: string;
  /** When the first channel was notified, and which channels were; null if none was. */
  readonly told: { readonly at: string; readonly channels: readonly string[] } | null;
  readonly reminders: number;
  readonly acknowledgements: readonly Acknowledgement[];
  readonly status: FindingStatus;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
  /** How long it was open within the period. */
  readonly hours: number;
}

export interface ScopeChange {
  /** The first run that audited by this watch list. */
  readonly run: string;
  readonly watchList: Digest;
  readonly kind: "began" | "repository" | "tags" | "policy" | "settings" | "exemption" | "unreadable";
  /** The repository or policy. */
  readonly subject: string;
  /** What changed, for people. */
  readonly detail: string;
}

/** An exemption of the watch list, or `signedSince`. */
export interface ReportException {
  readonly repository: string;
  /** Patterns of the watch list; null for `signedSince`. */
  readonly tags: readonly string[] | null;
  readonly reason: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  /** ISO time, or null if it has no end. */
  readonly until: string | null;
  /** How many releases of the period it covered. */
  readonly releases: number;
}

export interface ReportSigner {
  readonly signer: string;
  readonly kind: VerifiedSigner["kind"];
  /** The subject of the certificate, or the fingerprint of the key; `{tag}` stands for a tag of the signed digest. */
  readonly identity: string;
  readonly issuer: string | null;
  /** How many releases of the period it had signed. */
  readonly releases: number;
}

export interface ReportRepository {
  readonly repository: string;
  readonly owner: string | null;
  readonly counts: StateCounts;
  /** The states of its releases in each night of the report, or null if nobody looked at it. */
  readonly nights: readonly (RepositoryNight | null)[];
  /** Newest first. */
  readonly releases: readonly ReportRelease[];
}

export interface RepositoryNight {
  /** Whether the list of its tags was complete. */
  readonly listed: boolean;
  readonly states: StateCounts;
}

export interface ReportRelease {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest | null;
  /** The run that first saw this tag name this digest. */
  readonly firstSeen: string;
  /** The verdict at the end of the period, or the last one. */
  readonly verdict: VerdictWord;
  readonly state: ReleaseState;
  readonly reason: string | null;
  /** The run that first gave this verdict on this digest; nights in between on which it was unknown do not count. */
  readonly since: string;
  /** Null while it is watched; otherwise why it was no release at the end, and the run that said so. */
  readonly ended: { readonly at: string; readonly why: "gone" | "not-watched" } | null;
  /** The first of these that it was in the period: unsigned, untrusted, unknown, pending, signed. */
  readonly worstVerdict: VerdictWord;
  /** The worst state in the period without an exemption, `unsigned` first; unknown counts as the state before if the digest is the same. */
  readonly wrong: WrongWord | null;
  /** How long it was `wrong` in the period: from the run that first saw it to the run that saw another state, unknown included. */
  readonly unsignedHours: number;
  readonly signers: readonly VerifiedSigner[];
  readonly exemption: Observation["exemption"];
  /** Owners who acknowledged its findings. */
  readonly acknowledgedBy: readonly string[];
  readonly policy: string | null;
  /** Digests of the recorded facts (null if there are none) and of the document of policy and trust material that judged them. */
  readonly basis: { readonly facts: Digest | null; readonly epoch: string };
  /** The last run of the period that looked at it and had an answer, or null. */
  readonly lastChecked: string | null;
}
