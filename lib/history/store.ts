import type { Digest } from "../oci/digest.ts";
import type { HeadSignature } from "./chain/head-signature.ts";
import type { ChainHead } from "./chain/run-link.ts";
import type { Telling } from "./findings/telling.ts";
import type { Coverage, RunRecord } from "./run-record.ts";
import type { Change, Finding, Observation, OutboxEntry, RepositoryHistory, RepositoryState, RunId, TagState } from "./state.ts";

/**
 * The number of pending changes that one transaction may conclude. A transaction of DynamoDB has 100 actions; a change takes four of them
 * and its finding up to three, and the rest is left for the outbox.
 */
export const CONCLUDED_TOGETHER = 12;

/**
 * The number of runs whose documents SQLite keeps: somebody who starts a closed run again does so soon, and a year of documents of
 * thousands of releases would fill a disk. DynamoDB, which removes items by age, keeps them for 90 days instead.
 */
export const DOCUMENTS_KEPT = 60;

/** The runs. A record is not a lock: two starts may work on the same run. */
export interface RunStore {
  /** Opens the run, or returns the record that is stored under this id, open or closed. */
  openRun(run: { id: RunId; startedAt: string; partial: boolean }): Promise<RunRecord>;
  /** Returns the run that is stored under the id, or null. */
  loadRun(id: RunId): Promise<RunRecord | null>;
  /**
   * Returns the newest runs first, by their numbers: at most `limit` of them, and only those that are older than the run `before` if it is
   * given. If no such run is stored, those whose id is smaller.
   */
  runs(options: { limit: number; before?: RunId }): Promise<RunRecord[]>;
  /**
   * Closes an open run and links it to the run that was closed last (see RunLink), together with everything that was written since, which
   * it finds by itself. A closed run stays as it is, and its stored record is returned. If two runs are closed at once, both get their place
   * in the chain.
   */
  closeRun(run: {
    id: RunId;
    finishedAt: string;
    complete: boolean;
    coverage: readonly Coverage[];
    watchList: Digest | null;
    /** The `audit --json` document, whole or in pieces: that of a large repository is tens of megabytes. */
    document: string | Iterable<string>;
    exitCode: number;
    /** True if the caller signs the head of the chain afterwards: from then on, a head without a signature is a fault. */
    signs?: boolean;
  }): Promise<RunRecord>;
  /** Returns the document of a closed run, or null if it is no longer kept (see {@link DOCUMENTS_KEPT}). */
  loadDocument(id: RunId): Promise<string | null>;
  /** Marks an open run that no later start will resume. Its pending changes stay, and it can record nothing any more. */
  abandonRun(id: RunId): Promise<void>;
}

/** The chain of closed runs, by which a later change of the history is found. */
export interface ChainStore {
  /** Returns the last link, or null if no run was linked yet. */
  chainHead(): Promise<ChainHead | null>;
  /** Returns every repository of which anything is recorded, and the name of the watch list, in no order. */
  repositories(): Promise<string[]>;
  /** Keeps a signature over a head of the chain. It replaces the signature of the same position. */
  saveHeadSignature(signature: HeadSignature): Promise<void>;
  /** Returns all signatures by position. */
  headSignatures(): Promise<HeadSignature[]>;
}

/** States to write: the repository's own, or null to leave that as it is, and those of tags. */
export interface RecordedStates {
  readonly repository: RepositoryState | null;
  readonly tags: readonly TagState[];
}

/** The states of repositories and their tags. Write them by `updateRepository`, which reads again after a conflict. */
export interface StateStore {
  /** Returns the state of a repository and of all its tags, by one query. */
  loadRepository(name: string): Promise<RepositoryHistory>;
  /**
   * Writes states. Each is written entirely, with its pending changes and its observation, or not at all.
   *
   * The `version` of a state is the one that was read, or 0 for a new state; version + 1 is stored. If the stored version differs, or the
   * stored `run` is newer than the given one, the state is not written and the call fails with a conflict; any of the other states may
   * then be written or not. The repository's own state is written after all tags, and only if none of them met a conflict.
   *
   * `pending` only adds. A change that is pending already stays as it is, held or not; a change that was concluded does not become pending
   * again; and a pending change that the state does not name stays pending. So a state that was read before a conclusion and is written
   * after it neither loses a change nor brings one back, and a caller may name its new changes alone.
   *
   * An observation replaces the one that the same run appended for the same tag, and no other.
   *
   * Fails with `run-over`, and writes nothing, if the run of a state is closed or abandoned: no link would cover it.
   */
  record(name: string, states: RecordedStates): Promise<void>;
}

/** Changes that wait for a conclusion. */
export interface PendingStore {
  /** Returns the pending changes of all runs, held ones included: oldest run first, those of one tag in the order of `compareChanges`. */
  pendingChanges(): Promise<Change[]>;
  /** Holds changes that are not to be told before their releases were read again. A change that is no longer pending is left alone. */
  holdChanges(changes: readonly Change[]): Promise<void>;
  /** Returns the ids of the held changes. */
  heldChanges(): Promise<ReadonlySet<string>>;
}

/** What a conclusion writes, all or nothing. */
export interface Conclusion {
  /** At most {@link CONCLUDED_TOGETHER} pending changes. */
  readonly changes: readonly Change[];
  /** Findings to insert (version 0) or to replace (the version that was read). */
  readonly findings: readonly Finding[];
  readonly outbox: readonly OutboxEntry[];
  /** The run that concludes. */
  readonly run?: RunId;
}

/** The findings, and the conclusion that turns pending changes into them. */
export interface FindingStore {
  /**
   * In one transaction, appends the changes to the concluded ones, writes their findings and outbox entries, and removes the changes from
   * the pending ones. Outbox entries that do not fit into the transaction are written before it; so a delivery must leave an entry whose
   * finding does not exist.
   *
   * Returns false, and writes nothing, if one of the changes was concluded before. Fails with a conflict if the version of a finding
   * differs, and with `run-over` if the run that concludes is closed or abandoned.
   */
  conclude(conclusion: Conclusion): Promise<boolean>;
  /**
   * Returns findings, newest opening first. With `live`, only open and acknowledged ones; otherwise closed ones as well, either all of
   * them or those that were closed in or after `closedSince`.
   */
  findings(options: { live: boolean; closedSince?: RunId }): Promise<Finding[]>;
  /** Returns at most two findings whose id starts with the prefix (upper-case letters and digits). */
  findingsByPrefix(prefix: string): Promise<Finding[]>;
  /**
   * Replaces a finding, and adds what is to be told of it. `run` is the run that does so; without it, a person does. Fails with a conflict
   * if the finding's version differs, and with `run-over` if the run is closed or abandoned.
   */
  saveFinding(finding: Finding, outbox?: readonly OutboxEntry[], run?: RunId): Promise<void>;
}

/** What is to be told on channels, and what was told. An entry that is written again stays as it is. */
export interface OutboxStore {
  /** Returns the entries that no channel took yet, oldest run first. */
  unsentOutbox(): Promise<OutboxEntry[]>;
  /** Returns true for the one caller that may send the entry now. The claim ends at `until` (ISO). */
  claimOutbox(id: string, claim: { now: string; until: string }): Promise<boolean>;
  /** Marks an entry that a channel took. The time of the first mark stays. */
  markSent(id: string, sentAt: string): Promise<void>;
  /** Returns what channels were told of findings, and when, oldest first. Tellings never expire. */
  tellings(): Promise<Telling[]>;
}

/** What was appended, from which any past state follows. It never expires. */
export interface PastStore {
  /** Returns the concluded changes of a repository, oldest first. */
  changes(name: string): Promise<Change[]>;
  /**
   * Returns what was observed of a repository's tags, in the order of the runs' numbers, then by tag. With `until`, only what was observed
   * by runs for a time up to that one.
   */
  observations(name: string, options: { until?: RunId }): AsyncIterable<Observation>;
}

/** Bytes that verdicts rest on, each once under its digest. */
export interface EvidenceStore {
  /** Keeps bytes under their digests. Bytes that are kept already are not written again. */
  saveEvidence(evidence: ReadonlyMap<Digest, Uint8Array>): Promise<void>;
  /**
   * Returns the bytes, or null if none are kept under the digest.
   * @throws SealwatchError `history-damaged` if other bytes are kept under it.
   */
  loadEvidence(digest: Digest): Promise<Uint8Array | null>;
}

/**
 * The history, with two adapters: SQLite for one machine, DynamoDB for AWS. Take the port of it that you need.
 *
 * A method writes everything or nothing (`record`: for each state). If a condition is not met, because somebody else wrote since the
 * caller read, it fails with the SealwatchError `history-conflict`, which is retryable: read again. States, changes, observations and
 * findings never expire.
 */
export interface HistoryStore extends RunStore, ChainStore, StateStore, PendingStore, FindingStore, OutboxStore, PastStore, EvidenceStore {
  /** Flushes. A SQLite history is one file afterwards. */
  close(): Promise<void>;
}

/** What may be asked of a history by somebody who must not write to it. */
export type HistoryReader = Pick<HistoryStore, "loadRepository" | "loadEvidence" | "findings" | "runs">;
