import type { RunId } from "../../history/state.ts";
import type { Coverage } from "../../history/run-record.ts";
import type { VerdictWord } from "../../history/verdict.ts";
import type { Digest } from "../../oci/digest.ts";
import type { RegistryTraffic } from "../../registry/repository-client.ts";
import type { RecordedChannel } from "../../watchlist/record/watch-list-document.ts";
import type { ReleaseDocument, RepositoryDocument } from "../audit-document.ts";
import type { RepositorySummary } from "../repository-outcome.ts";

/**
 * A run in parts: where nobody may work for longer than some minutes, a repository is audited by several calls, each of which leaves a
 * part for the next one and for the conclusion. Plain JSON, kept beside the history; what counts is recorded in the history itself.
 */
export interface Part {
  readonly repository: string;
  /** Releases that this part and those before it judged. */
  readonly tags: readonly string[];
  /** Of these, those that are not signed. */
  readonly notSigned: readonly TagVerdict[];
  /** What tags name, by this part and those before it, for the next one; empty where none follows. */
  readonly resolved: readonly (readonly [tag: string, named: { readonly digest: Digest; readonly mediaType: string | null }])[];
  /** False where the time ended before all were judged. */
  readonly done: boolean;
  /** Of this part and those before it. */
  readonly summary: RepositorySummary;
  readonly document: RepositoryDocument;
  readonly coverage: Coverage;
  /** Releases that are not signed, of all parts: at most {@link RELEASES_SHOWN}. */
  readonly releases: readonly ReleaseDocument[];
  /** Releases with an earlier definitive verdict, by registry and by signer. */
  readonly known: readonly (readonly [string, number])[];
  /** The registry refused the credentials: told once a registry, by the conclusion. */
  readonly refused: boolean;
  readonly traffic: readonly RegistryTraffic[];
  readonly warnings: readonly string[];
  /** Worked by this part and those before it: the budget of a repository is for all of its parts. */
  readonly milliseconds: number;
}

/** In pairs, since a tag may be named as what every object has. */
export type TagVerdict = readonly [tag: string, verdict: VerdictWord];

/** A document of thousands of releases helps nobody; the history has them all. */
export const RELEASES_SHOWN = 1000;

/** What a second reading said of some releases. */
export interface AgainPart {
  readonly repository: string;
  readonly verdicts: readonly TagVerdict[];
  /** Of these, those that are not signed: at most {@link RELEASES_SHOWN}. */
  readonly releases: readonly ReleaseDocument[];
  readonly traffic: readonly RegistryTraffic[];
}

/** Releases that one call reads again: in full and one after the other, within the time of a function. */
export const READ_AGAIN_AT_ONCE = 500;

/** How a run began. */
export interface RunPlan {
  readonly run: RunId;
  readonly startedAt: string;
  readonly repositories: readonly string[];
  /** Of what is recorded of the watch list; the run's record names it. */
  readonly watchList: Digest;
  /** Of the packed watch list that all calls of the run work by. */
  readonly packed: Digest;
  /** Channels of the watch list before that this run tells that they were dropped. */
  readonly formerChannels: readonly RecordedChannel[];
  /** Changes that were held when the run began: whatever it reads comes after that. */
  readonly held: readonly string[];
}
