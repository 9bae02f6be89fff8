import type { Cause } from "../history/cause.ts";
import type { Acknowledgement, FindingStatus } from "../history/findings/finding-step.ts";
import type { VerdictWord } from "../history/verdict.ts";
import type { Digest } from "../oci/digest.ts";
import type { VerifiedSigner } from "../verification/candidate-result.ts";
import type { Severity } from "../watchlist/watch-list.ts";

/** What a release is for a report: its verdict, or `exempt` where it is unsigned or untrusted and may be. */
export type ReleaseState = VerdictWord | "exempt";

/** A verdict that needs an exemption. */
export type WrongWord = "unsigned" | "untrusted";

/** Best first: the order in which they are shown. */
export const RELEASE_STATES = ["signed", "exempt", "pending", "unknown", "untrusted", "unsigned"] as const satisfies ReleaseState[];

/** Of several verdicts the first of these is the worst (architecture section 4, "Targets"). */
export const WORST_FIRST = ["unsigned", "untrusted", "unknown", "pending", "signed"] as const satisfies VerdictWord[];

/** Releases by state. */
export type StateCounts = Readonly<Record<ReleaseState, number>>;

/**
 * A report: what was recorded of one period, as it was known at one time. The only source of every format, so that all of them say the
 * same. Days and times are UTC; hours are rounded to a tenth. Text of registries and certificates is in it as it was recorded: each format
 * escapes it.
 */
export interface ReportModel {
  readonly format: 1;
  readonly period: { readonly from: string; readonly to: string; readonly title: string };
  /** What was known at this time. */
  readonly asOf: string;
  /** The first sentence, in words. */
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
  /** Ids of controls that the watch list names, for OSCAL. */
  readonly controls: readonly string[];
}

/** Each release of the period counts once: by the worst that it was in it where that was wrong, else by what it was last. */
export interface ReportSummary {
  readonly releases: number;
  readonly repositories: number;
  /** Signed whenever it could be told. */
  readonly signed: number;
  readonly exempt: number;
  /** Not signed, or not by whom the policy names, at some time, and not exempt then. A release that was both is unsigned. */
  readonly unsigned: WrongReleases;
  readonly untrusted: WrongReleases;
  readonly unknown: number;
  readonly pending: number;
  /** Of all releases, how many the registry did not have any more at the end. */
  readonly gone: number;
  readonly nights: Readonly<Record<"expected" | "complete" | "incomplete" | "missed", number>>;
  readonly findings: Readonly<Record<"total" | "live" | "acknowledged", number>>;
}

export interface WrongReleases {
  readonly releases: number;
  /** Of these, how many still were so at the end, and how many were unknown since. */
  readonly still: number;
  readonly unknownSince: number;
  /** The longest of these, in hours. */
  readonly longestHours: number;
}

/**
 * `missed`: no run over the whole watch list came to its end. `awaited`: the day was not over. `before`: the history had not begun.
 */
export type NightStatus = "complete" | "incomplete" | "missed" | "awaited" | "before";

export interface ReportNight {
  readonly day: string;
  readonly status: NightStatus;
  /** The run whose numbers these are, or null where nobody looked. */
  readonly run: string | null;
  /** Why it is not complete, for people; null where it is. */
  readonly why: string | null;
  /** What its releases were after that run, or null where nobody looked. */
  readonly states: StateCounts | null;
}

export interface ReportFinding {
  readonly id: string;
  readonly cause: Cause;
  readonly severity: Severity;
  /** Null where it is about the watch list. */
  readonly repository: string | null;
  readonly tag: string | null;
  readonly digest: Digest | null;
  /** One sentence. */
  readonly explanation: string;
  readonly openedAt: string;
  /** When the first channel was told, and which were; null where nobody was. */
  readonly told: { readonly at: string; readonly channels: readonly string[] } | null;
  readonly reminders: number;
  readonly acknowledgements: readonly Acknowledgement[];
  readonly status: FindingStatus;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
  /** How long it was open in the period. */
  readonly hours: number;
}

export interface ScopeChange {
  /** The first run that audited by it. */
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
  /** Patterns of the watch list; null where it is `signedSince`. */
  readonly tags: readonly string[] | null;
  readonly reason: string;
  readonly owner: string | null;
  readonly ticket: string | null;
  /** ISO time of its end, or null. */
  readonly until: string | null;
  /** Releases of the period that it covered. */
  readonly releases: number;
}

export interface ReportSigner {
  readonly signer: string;
  readonly kind: VerifiedSigner["kind"];
  /** As in the certificate, or the fingerprint of a key; `{tag}` stands for a tag of the digest that was signed. */
  readonly identity: string;
  readonly issuer: string | null;
  /** Releases of the period that it had signed. */
  readonly releases: number;
}

export interface ReportRepository {
  readonly repository: string;
  readonly owner: string | null;
  readonly counts: StateCounts;
  /** For each night of the report what its releases were, or null where nobody looked at it. */
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
  /** What it was at the end of the period, or last. */
  readonly verdict: VerdictWord;
  readonly state: ReleaseState;
  readonly reason: string | null;
  /** Since which run that is the verdict on this digest; nights on which it was unknown in between do not count. */
  readonly since: string;
  /** Null while it is watched; else why it is no release at the end, and the run that said so. */
  readonly ended: { readonly at: string; readonly why: "gone" | "not-watched" } | null;
  /** Unsigned, untrusted, unknown, pending, signed: the first of these that it was in the period. */
  readonly worstVerdict: VerdictWord;
  /** What it was in the period while it was not exempt: `unsigned` where it was that at any time; what is unknown of the same digest since counts. */
  readonly wrong: WrongWord | null;
  /**
   * How long it was unsigned or untrusted, and not exempt, in the period: from the run that saw it first to the run that saw another thing.
   * What is unknown of the same digest in between counts.
   */
  readonly unsignedHours: number;
  readonly signers: readonly VerifiedSigner[];
  readonly exemption: {
    readonly reason: string;
    readonly owner: string | null;
    readonly ticket: string | null;
    readonly until: string | null;
  } | null;
  /** Owners of the acknowledgements of its findings. */
  readonly acknowledgedBy: readonly string[];
  readonly policy: string | null;
  /**
   * Digests of what this rests on, in the history and in an evidence pack: what was found out (null where it was not recorded), and the
   * document of policy and trust material that judged it.
   */
  readonly basis: { readonly facts: Digest | null; readonly epoch: string };
  /** The last run of the period that looked at it and had an answer, or null. */
  readonly lastChecked: string | null;
}
