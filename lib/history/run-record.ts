import type { Digest } from "../oci/digest.ts";
import type { RunId } from "./state.ts";

/**
 * What a closed run carries so that a later change of the history is found. Its hash covers the run's record (id, times, whether it is
 * complete or partial, coverage, digest of the watch list, exit code), the digest of its document, every observation and change that was
 * appended since the run before was closed (by their roll), and the hash of that run.
 *
 * "The run before" is the one that was closed last, whatever time it is for. The chain does not cover what is written again from night to
 * night (states, findings with their acknowledgements, the outbox), nor runs that never ended. Evidence needs no chain, because its digest
 * names it. A chain that somebody made again from its first link on is intact: to be sure, compare its head with one that was noted or signed
 * earlier.
 */
export interface RunLink {
  /** 1 for the first run of the chain. The positions have no gaps. */
  readonly position: number;
  readonly before: { readonly run: RunId; readonly hash: Digest } | null;
  /** The digest of the text of the run's document, which is dropped after a while. */
  readonly document: Digest;
  /** The digest of the list of what was appended, which is kept as evidence; null if nothing was appended. */
  readonly roll: Digest | null;
  /** How many observations and changes that list has. */
  readonly entries: number;
  readonly hash: Digest;
}

/** How much of one repository a run saw. */
export interface Coverage {
  readonly repository: string;
  readonly listed: boolean;
  /** How many releases are selected or known. There are more than `releases` if some wait for the next night. */
  readonly expected: number;
  readonly releases: number;
  readonly judged: number;
  readonly unknown: number;
  /** True if the list answers and names none of the known releases. Absent otherwise, and in older histories. */
  readonly emptied?: true;
  /**
   * For each entry of the watch list, by the hash of its selection: the run that last looked at all releases of each turn. Together with
   * the state of a release, it says when the release was last looked at, although a quiet night writes nothing about it.
   */
  readonly looked?: Readonly<Record<string, readonly RunId[]>>;
}

export interface RunRecord {
  readonly id: RunId;
  readonly status: "open" | "closed" | "abandoned";
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly complete: boolean;
  /** True for a run over a part of the watch list. It sets the coverage of no other repository. */
  readonly partial: boolean;
  readonly coverage: readonly Coverage[];
  /** The digest of the watch list that a closed run audited by. Its text is kept as evidence. */
  readonly watchList: Digest | null;
  readonly exitCode: number | null;
  /** The run's place in the chain of closed runs; null if it is not closed, or if an older version closed it. */
  readonly link: RunLink | null;
}
