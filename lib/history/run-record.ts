import type { Digest } from "../oci/digest.ts";
import type { RunId } from "./state.ts";

/**
 * What a closed run carries so that a later change of the history is found. Its hash covers the run's record (id, number, times, whether it
 * is complete or partial, coverage, digest of the watch list, exit code), the digest of its document, the list of what it covers (by its
 * roll), and the hash of the run that was closed before it. README.md in this folder says what a link covers, and what that proves.
 */
export interface RunLink {
  /** 1 for the first run of the chain. The positions have no gaps. */
  readonly position: number;
  readonly before: { readonly run: RunId; readonly hash: Digest } | null;
  /** The digest of the text of the run's document, which is dropped after a while. */
  readonly document: Digest;
  /** The digest of the list of what the link covers, which is kept as evidence; null if nothing was written since the last link. */
  readonly roll: Digest | null;
  /** How many entries that list has. */
  readonly entries: number;
  /** Everything that runs up to this number wrote is covered, except for what `open` runs did. Absent in links of older versions. */
  readonly through?: number;
  /** The numbers of the runs up to `through` that were not over yet: a later link covers what they write. */
  readonly open?: readonly number[];
  /** The position from which on every head has a signature; null if heads are not signed. */
  readonly signedFrom?: number | null;
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

/** A run by its name and its place in the order of runs. */
export interface RunRef {
  readonly id: RunId;
  /**
   * The history gives it when it opens the run, and only this tells which of two runs is newer: the clock of a machine may be wrong, and
   * the time that a run is for may be any. Runs that a DynamoDB history has from versions without numbers have 0, in the order of their ids.
   */
  readonly number: number;
}

export interface RunRecord extends RunRef {
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
