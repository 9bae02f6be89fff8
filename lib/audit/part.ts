import type { Coverage } from "../history/run-record.ts";
import type { RunId } from "../history/state.ts";
import type { VerdictWord } from "../history/verdict.ts";
import type { Digest } from "../oci/digest.ts";
import type { RegistryTraffic } from "../registry/repository-client.ts";
import type { RecordedChannel } from "../watchlist/record/watch-list-document.ts";
import type { ReleaseDocument, RepositoryDocument } from "./audit-document.ts";
import type { RepositorySummary } from "./repository-outcome.ts";

/** The two things in which the doors of a run differ. */
export interface RunManner {
  /**
   * What is read again before anybody is told: the releases of storms, or also each release whose alert would be taken back by a
   * signature that arrives in the meantime.
   */
  readonly secondLook: "storms" | "alerts";
  /**
   * Whether a call may work for some minutes only. Then a repository takes as many parts as it needs, a second reading is cut into calls,
   * and what the calls leave for each other stays small: of a run's releases its document shows those that are not signed.
   */
  readonly timeLimit: boolean;
}

/** How a run began. */
export interface RunPlan {
  readonly run: RunId;
  readonly startedAt: string;
  /** The names of the repositories that the run audits, in the order of the watch list. */
  readonly repositories: readonly string[];
  /** True if these are not all repositories of the watch list. */
  readonly partial: boolean;
  /** The digest of the recorded watch list, which the run's record names. */
  readonly watchList: Digest;
  /** Channels that the watch list no longer names: this run tells them that they were dropped. */
  readonly formerChannels: readonly RecordedChannel[];
  /** Changes that were held when the run began: everything that the run reads comes after that. */
  readonly held: readonly string[];
}

/**
 * What an audit of one repository leaves for the conclusion of the run, and, if it was stopped early, for the next part. It is plain JSON;
 * the history itself records everything that counts.
 */
export interface Part {
  readonly repository: string;
  /** The releases that this part and the parts before it judged. */
  readonly tags: readonly string[];
  /** Of these, the releases that are not signed. */
  readonly notSigned: readonly JudgedTag[];
  /** What tags name, as far as this part and the parts before it resolved them; empty if the audit is done. */
  readonly resolved: readonly (readonly [tag: string, named: { readonly digest: Digest; readonly mediaType: string | null }])[];
  /** False if the part was stopped before all releases were judged. */
  readonly done: boolean;
  /** True if the repository had no baseline before this run. */
  readonly baseline: boolean;
  /** Sums up this part and the parts before it. */
  readonly summary: RepositorySummary;
  readonly document: RepositoryDocument;
  readonly coverage: Coverage;
  /** The releases that the document of the run shows. */
  readonly releases: readonly ReleaseDocument[];
  /** Releases with an earlier definitive verdict, by registry and by signer. */
  readonly known: readonly (readonly [string, number])[];
  /** True if the registry refused the credentials. The conclusion tells that once a registry. */
  readonly refused: boolean;
  readonly warnings: readonly string[];
}

/** What a second reading said of some releases of a repository. */
export interface AgainPart {
  readonly repository: string;
  /** The releases that were to be read. */
  readonly tags: readonly string[];
  /** Those that were still there. */
  readonly verdicts: readonly JudgedTag[];
  /** Of these, the releases that the document of the run shows. */
  readonly releases: readonly ReleaseDocument[];
}

/** In a list and not in an object: a tag may have the name of a property that every object has. */
export type JudgedTag = readonly [tag: string, verdict: VerdictWord, exempt: boolean];

/** A part with what its calls cost, if each call has connections and a time limit of its own. */
export type Called<T> = T & {
  /** What this call and the calls before it asked. */
  readonly traffic: readonly RegistryTraffic[];
  /** How long they worked: the budget of a repository is for all of its parts. */
  readonly milliseconds: number;
};

/** With a time limit, the document of a run shows at most so many releases of a repository; the history has them all. */
export const RELEASES_SHOWN = 1000;

/** With a time limit, one call reads at most so many releases again, each in full and one after the other. */
export const READ_AGAIN_AT_ONCE = 500;
