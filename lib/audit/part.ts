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
  /** What is read again before anybody is told: the releases of storms, or also each release whose alert a signature could take back. */
  readonly secondLook: "storms" | "alerts";
  /**
   * Whether a call may only work for some minutes. Then a repository takes as many parts as it needs, the second reading is cut into calls,
   * and the document of the run shows only releases that are not signed, so that what the calls leave for each other stays small.
   */
  readonly timeLimit: boolean;
}

/** What a run is to audit, and how it began. */
export interface RunPlan {
  readonly run: RunId;
  /** The number of the run. */
  readonly number: number;
  readonly startedAt: string;
  /** The repositories that the run audits, in the order of the watch list. */
  readonly repositories: readonly string[];
  /** True if these are not all repositories of the watch list. */
  readonly partial: boolean;
  /** The patterns whose repositories could not be listed. The run audits those of the last listing. */
  readonly unlisted: readonly UnlistedPattern[];
  /** The repositories of patterns that are gone since the last listing. */
  readonly gone: readonly string[];
  /** The digest of the recorded watch list. */
  readonly watchList: Digest;
  /** Channels that the watch list no longer names. This run tells them so. */
  readonly formerChannels: readonly RecordedChannel[];
  /** Changes that were held when the run began. Everything that the run reads comes after that. */
  readonly held: readonly string[];
}

export interface UnlistedPattern {
  readonly pattern: string;
  /** Why. */
  readonly detail: string;
  /** How many repositories of the last listing are audited in their stead. */
  readonly kept: number;
}

/** What an audit of one repository leaves for the next part and the conclusion, as JSON. What counts is in the history itself. */
export interface Part {
  readonly repository: string;
  /** The releases that this part and the earlier ones judged. */
  readonly tags: readonly string[];
  /** Those of `tags` that are not signed. */
  readonly notSigned: readonly JudgedTag[];
  /** The digests of the tags that this part and the earlier ones resolved; empty if the audit is done. */
  readonly resolved: readonly (readonly [tag: string, named: { readonly digest: Digest; readonly mediaType: string | null }])[];
  /** False if the part was stopped before all releases were judged. */
  readonly done: boolean;
  /** True if the repository had no baseline before this run. */
  readonly baseline: boolean;
  /** The sum of this part and the earlier ones. */
  readonly summary: RepositorySummary;
  readonly document: RepositoryDocument;
  readonly coverage: Coverage;
  /** The releases that the document of the run shows. */
  readonly releases: readonly ReleaseDocument[];
  /** How many releases had a definitive verdict before, by registry and by signer, and how many were signed, by repository. */
  readonly known: readonly (readonly [string, number])[];
  /** True if the registry refused the credentials. The conclusion reports that once for a registry. */
  readonly refused: boolean;
  readonly warnings: readonly string[];
}

/** The second reading of some releases of a repository. */
export interface AgainPart {
  readonly repository: string;
  /** The releases that were read. A call whose time ends first leaves out the rest. */
  readonly verdicts: readonly JudgedTag[];
  /** The tags that were to be read and were gone by then. */
  readonly gone: readonly string[];
  /** Those of `verdicts` that the document of the run shows. */
  readonly releases: readonly ReleaseDocument[];
}

/** A tuple and no object, because a tag may have the name of a property that every object has. */
export type JudgedTag = readonly [tag: string, verdict: VerdictWord, exempt: boolean];

/** A part with the cost of its calls. */
export type Called<T> = T & {
  /** The requests of this call and the earlier ones. */
  readonly traffic: readonly RegistryTraffic[];
  /** The time that they took. The budget of a repository is for all of its parts. */
  readonly milliseconds: number;
};

/** The most releases of a repository that the document of a run with a time limit shows. The history has all of them. */
export const RELEASES_SHOWN = 1000;

/** The most releases that one call with a time limit reads again, each in full and one after the other. */
export const READ_AGAIN_AT_ONCE = 500;
