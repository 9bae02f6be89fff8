import type { Digest } from "../oci/digest.ts";
import type { HeadSignature } from "./chain/head-signature.ts";
import type { ChainHead } from "./chain/run-link.ts";
import type { Change, Finding, Observation, OutboxEntry, RepositoryHistory, RepositoryState, RunId, TagState } from "./state.ts";
import type { Coverage, RunRecord } from "./run-record.ts";
import type { Telling } from "./findings/telling.ts";

/**
 * Pending changes that are concluded together, at most: a transaction of DynamoDB has 100 actions, of which a change takes four and its
 * finding up to three; what remains is for the outbox.
 */
export const CONCLUDED_TOGETHER = 12;

/**
 * Whoever starts a closed run again does so soon; a year of documents of thousands of releases would fill a disk.
 * DynamoDB, which removes by age, keeps them for 90 days instead.
 */
export const DOCUMENTS_KEPT = 60;

/** What `conclude` writes for pending changes, all or nothing. */
export interface Conclusion {
  /** At most {@link CONCLUDED_TOGETHER}. */
  readonly changes: readonly Change[];
  /** Findings to insert (version 0) or replace (the version that was read). */
  readonly findings: readonly Finding[];
  readonly outbox: readonly OutboxEntry[];
}

/** States to write: of the repository itself, or null to leave it as it is, and of tags. */
export interface RecordedStates {
  readonly repository: RepositoryState | null;
  readonly tags: readonly TagState[];
}

/**
 * The history, with two adapters: SQLite for one machine, DynamoDB for AWS. What a method writes it writes entirely or not at all
 * (`record`: of each state). A lost condition is a SealwatchError `history-conflict`, retryable: read again.
 * States, changes, observations and findings never expire.
 */
export interface HistoryStore {
  /**
   * Opens the run, or answers with the one that has this id already (open or closed).
   * The record is not a lock: two starts may work on the same run.
   */
  openRun(run: { id: RunId; startedAt: string; partial: boolean }): Promise<RunRecord>;
  /** The newest runs first, at most `limit`, optionally only those before a run. */
  runs(options: { limit: number; before?: RunId }): Promise<RunRecord[]>;
  /**
   * Closes an open run and links it to the one that was closed last before (see RunLink), with all that was appended since; a run that is
   * closed already stays as it is, and the stored record is returned. Of two that close at once both get their place in the chain.
   */
  closeRun(run: {
    id: RunId;
    finishedAt: string;
    complete: boolean;
    coverage: readonly Coverage[];
    watchList: Digest | null;
    /** The `audit --json` document, whole or in pieces: that of a large repository is tens of megabytes. Kept for the newest {@link DOCUMENTS_KEPT} runs. */
    document: string | Iterable<string>;
    exitCode: number;
  }): Promise<RunRecord>;
  /** The document of a closed run, or null where it is no longer kept. */
  loadDocument(id: RunId): Promise<string | null>;
  /** An open run that a later start will not resume. Its pending changes stay. */
  abandonRun(id: RunId): Promise<void>;
  /** The last link of the chain of closed runs, or null where no run was linked yet. */
  chainHead(): Promise<ChainHead | null>;
  /** Hashes by name of the observations and changes that were appended and that no link covers yet: the next one does. */
  unchained(): Promise<ReadonlyMap<string, string>>;
  /** Keeps a signature over a head of the chain; another one of the same position takes its place. */
  saveHeadSignature(signature: HeadSignature): Promise<void>;
  /** All of them, by position. */
  headSignatures(): Promise<HeadSignature[]>;

  /** State of one repository and all its tags, by one query. */
  loadRepository(name: string): Promise<RepositoryHistory>;
  /**
   * Writes states, each with its pending changes and its observation entirely or not at all. Each state's `version` is the one that was
   * read (0: none); stored is version + 1. Conflict if any differs, or if a stored `run` is newer than the one given; then that state is
   * not written, and of the others any may be. The repository's own state is written last, after all tags, and only if none was lost.
   */
  record(name: string, states: RecordedStates): Promise<void>;

  /** Pending changes of all runs, oldest run first and those of one tag as they were recorded; held ones too. */
  pendingChanges(): Promise<Change[]>;
  /** Marks pending changes, each by itself, that are not to be told before somebody has looked again. What is not pending any more is left alone. */
  holdChanges(changes: readonly Change[]): Promise<void>;
  /** Ids of the pending changes that are held. */
  heldChanges(): Promise<ReadonlySet<string>>;
  /**
   * In one transaction: append the changes, write their findings and outbox entries, clear the pending marks. Outbox entries that are too
   * many for it may be there before; whoever delivers leaves an entry whose finding is not there.
   * False if one of the changes was concluded before (nothing is written then). Conflict if a finding's version differs.
   */
  conclude(conclusion: Conclusion): Promise<boolean>;

  /** Findings, newest opening first. `live`: open and acknowledged ones only; otherwise closed ones too, all or those closed in or after a run. */
  findings(options: { live: boolean; closedSince?: RunId }): Promise<Finding[]>;
  /** Findings whose id starts with the prefix (upper-case letters and digits), at most two. */
  findingsByPrefix(prefix: string): Promise<Finding[]>;
  /** Replaces a finding on condition of the version that it carries, together with what is to be told of it. */
  saveFinding(finding: Finding, outbox?: readonly OutboxEntry[]): Promise<void>;

  /** Outbox entries that no channel took yet, oldest run first. */
  unsentOutbox(): Promise<OutboxEntry[]>;
  /** True for the one caller that may send it now; the claim ends at `until` (ISO). */
  claimOutbox(id: string, claim: { now: string; until: string }): Promise<boolean>;
  markSent(id: string, sentAt: string): Promise<void>;
  /** What channels were told of findings, and when, oldest first. Never expires. */
  tellings(): Promise<Telling[]>;

  /** The append-only list of concluded changes of a repository, oldest first. */
  changes(name: string): Promise<Change[]>;
  /** What was observed of a repository's tags up to a run, inclusive (all of it where none is named), oldest run first, then by tag. */
  observations(name: string, options: { until?: RunId }): AsyncIterable<Observation>;

  /** Keeps bytes once under their digests. What is there already is not written again. */
  saveEvidence(evidence: ReadonlyMap<Digest, Uint8Array>): Promise<void>;
  /** Null where nothing is kept under the digest. @throws SealwatchError `history-damaged` where other bytes than it names are. */
  loadEvidence(digest: Digest): Promise<Uint8Array | null>;

  /** Flushes; afterwards a SQLite history is one file. */
  close(): Promise<void>;
}

/** What can be asked of a history by whoever must not write to it. */
export type HistoryReader = Pick<HistoryStore, "loadRepository" | "loadEvidence" | "findings" | "runs">;
