import type { Digest } from "../oci/digest.ts";
import type { Change, Coverage, Finding, OutboxEntry, RepositoryHistory, RepositoryState, RunId, RunRecord, TagState } from "./state.ts";

/** What `conclude` writes for one pending change, all or nothing. */
export interface Conclusion {
  readonly change: Change;
  /** Findings to insert (version 0) or replace (the version that was read). */
  readonly findings: readonly Finding[];
  readonly outbox: readonly OutboxEntry[];
}

/**
 * The history, written for two adapters: SQLite here, DynamoDB later. Every method is one round trip of the store
 * (or one transaction) and either happens entirely or not at all. A lost condition is a SealwatchError
 * `history-conflict`, retryable: read again. Nothing expires.
 */
export interface HistoryStore {
  /**
   * Opens the run, or answers with the one that has this id already (open or closed).
   * The record is not a lock: two starts may work on the same run.
   */
  openRun(run: { id: RunId; startedAt: string; partial: boolean }): Promise<RunRecord>;
  /** The newest runs first, at most `limit`, optionally only those before a run. */
  runs(options: { limit: number; before?: RunId }): Promise<RunRecord[]>;
  /** Closes an open run; a run that is closed already stays as it is, and the stored record is returned. */
  closeRun(run: {
    id: RunId;
    finishedAt: string;
    complete: boolean;
    coverage: readonly Coverage[];
    document: string;
    exitCode: number;
  }): Promise<RunRecord>;
  /** An open run that a later start will not resume. Its pending changes stay. */
  abandonRun(id: RunId): Promise<void>;

  /** State of one repository and all its tags, by one query. */
  loadRepository(name: string): Promise<RepositoryHistory>;
  /**
   * Writes states with their pending changes. Each state's `version` is the one that was read (0: none); stored is version + 1.
   * Conflict if any differs, or if a stored `run` is newer than the one given; then nothing is written.
   */
  record(name: string, states: { repository: RepositoryState | null; tags: readonly TagState[] }): Promise<void>;

  /** Pending changes of all runs, oldest run first. */
  pendingChanges(): Promise<Change[]>;
  /**
   * In one transaction: append the change, write its findings and outbox entries, clear the pending mark.
   * False if that change was concluded before (nothing is written then). Conflict if a finding's version differs.
   */
  conclude(conclusion: Conclusion): Promise<boolean>;

  /** Findings, newest opening first. `live`: open and acknowledged ones only. */
  findings(options: { live: boolean }): Promise<Finding[]>;
  /** Findings whose id starts with the prefix (upper-case letters and digits), at most two. */
  findingsByPrefix(prefix: string): Promise<Finding[]>;
  /** Replaces a finding on condition of the version that it carries. */
  saveFinding(finding: Finding): Promise<void>;

  /** Outbox entries that no channel took yet, oldest run first. */
  unsentOutbox(): Promise<OutboxEntry[]>;
  /** True for the one caller that may send it now; the claim ends at `until` (ISO). */
  claimOutbox(id: string, claim: { now: string; until: string }): Promise<boolean>;
  markSent(id: string, sentAt: string): Promise<void>;

  /** The append-only list of concluded changes of a repository, oldest first. */
  changes(name: string): Promise<Change[]>;

  /** Keeps bytes once under their digests. What is there already is not written again. */
  saveEvidence(evidence: ReadonlyMap<Digest, Uint8Array>): Promise<void>;
  loadEvidence(digest: Digest): Promise<Uint8Array | null>;

  /** Flushes; afterwards a SQLite history is one file. */
  close(): Promise<void>;
}
