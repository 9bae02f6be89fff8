import type { Digest } from "../oci/digest.ts";
import type { RunId } from "./state.ts";

/**
 * What a closed run carries so that a later change of the history is found: its hash covers the run's record (id, times, whether complete
 * or partial, coverage, digest of the watch list, exit code), the digest of its document, every observation and change that was appended
 * since the run before was closed (by their roll), and the hash of that run.
 *
 * "The run before" is the one that was closed last before, whatever time it is for. Not covered: what is written anew from night to
 * night (states, findings with their acknowledgements, the outbox) and runs that never ended. Evidence is named by its digest and needs
 * no chain. A chain that was made anew from its first link on is whole: who is to be sure of more compares its head with one that was
 * noted, or signed, earlier.
 */
export interface RunLink {
  /** 1 for the first run of the chain; no number is left out. */
  readonly position: number;
  readonly before: { readonly run: RunId; readonly hash: Digest } | null;
  /** Of the text of the run's document, which is dropped after a while. */
  readonly document: Digest;
  /** Of the list of what was appended, which is kept as evidence; null where nothing was. */
  readonly roll: Digest | null;
  /** How many observations and changes that list has. */
  readonly entries: number;
  readonly hash: Digest;
}

/** How much of a run's watch list was seen, by repository. */
export interface Coverage {
  readonly repository: string;
  readonly listed: boolean;
  /** Releases that are selected or known: more than `releases` where some wait for the next night. */
  readonly expected: number;
  readonly releases: number;
  readonly judged: number;
  readonly unknown: number;
  /**
   * For each entry of the watch list, by the hash of its selection: the run that last looked at all releases of each turn. From this
   * and the state of a release it follows when it was last looked at, although a quiet night writes nothing of it.
   */
  readonly looked?: Readonly<Record<string, readonly RunId[]>>;
}

export interface RunRecord {
  readonly id: RunId;
  readonly status: "open" | "closed" | "abandoned";
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly complete: boolean;
  /** True for a run over a part of the watch list: it sets nobody else's coverage. */
  readonly partial: boolean;
  readonly coverage: readonly Coverage[];
  /** Digest of the watch list that a closed run audited by: its text is kept as evidence. */
  readonly watchList: Digest | null;
  readonly exitCode: number | null;
  /** Its place in the chain of closed runs; null of a run that is not closed, and of older histories. */
  readonly link: RunLink | null;
}
