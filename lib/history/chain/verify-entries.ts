import type { Digest } from "../../oci/digest.ts";
import { entryOfChange, entryOfObservation, parseEntryName, type ChainEntry } from "./chain-entry.ts";
import { parseRoll } from "./chain-roll.ts";
import type { ChainedRun, ChainFault } from "./chained-runs.ts";
import type { RunId } from "../state.ts";
import type { PastStore } from "../store.ts";

/** The entries that must be there according to the chain. */
interface ExpectedEntries {
  /** By name. If an entry was written again after its run was closed, this is the last one. */
  readonly hashes: Map<string, { readonly hash: string; readonly closedBy: RunId }>;
  readonly rewritten: number;
  readonly faults: readonly ChainFault[];
}

/** Reads the rolls of all links. `load` returns the bytes that a digest names, or null. */
export async function readRolls(
  chained: readonly ChainedRun[],
  load: (digest: Digest) => Promise<Uint8Array | null>,
): Promise<ExpectedEntries> {
  const hashes: ExpectedEntries["hashes"] = new Map();
  const faults: ChainFault[] = [];
  let rewritten = 0;
  for (const { id, link } of chained) {
    const bytes = link.roll === null ? null : await load(link.roll);
    if (link.roll !== null && bytes === null)
      faults.push({ run: id, kind: "missing", detail: "the list of its observations and changes is gone, or is another" });
    for (const { name, hash } of bytes === null ? [] : parseRoll(bytes)) {
      if (hashes.has(name)) rewritten++;
      hashes.set(name, { hash, closedBy: id });
    }
  }
  return { hashes, rewritten, faults };
}

/**
 * Compares every observation and change of the repositories with those that the chain expects, and takes each that it sees out of
 * `expected`. `waiting` holds the hashes of the entries that no link covers yet. `firstRun` is the first run of the chain: up to it, an
 * entry that no link covers is unchained; after it, such an entry was added. An entry that a link covers and that was written again since,
 * with a mark for the next link, is counted as rewritten.
 */
export async function verifyEntries(
  store: PastStore,
  repositories: Iterable<string>,
  { expected, waiting, firstRun }: { expected: ExpectedEntries; waiting: ReadonlyMap<string, string>; firstRun: RunId | null },
): Promise<{ readonly faults: readonly ChainFault[]; readonly rewritten: number }> {
  const faults = new Map<RunId, ChainFault>();
  let rewritten = 0;
  const blame = (run: RunId, kind: ChainFault["kind"], detail: string): void => {
    if (!faults.has(run)) faults.set(run, { run, kind, detail });
  };
  const verify = ({ name, hash }: ChainEntry, run: RunId): void => {
    const wanted = expected.hashes.get(name);
    expected.hashes.delete(name);
    if (wanted?.hash === hash) return;
    if (waiting.get(name) === hash) rewritten += Number(wanted !== undefined);
    else if (wanted !== undefined) blame(wanted.closedBy, "changed", `${describeEntry(name)} is not as it was recorded`);
    else if (waiting.has(name)) blame(run, "changed", `${describeEntry(name)} is not as it was recorded`);
    else if (firstRun !== null && run > firstRun) blame(run, "added", `${describeEntry(name)} was not there when the runs were closed`);
  };
  for (const repository of new Set(repositories)) {
    for await (const observation of store.observations(repository, {}))
      verify(entryOfObservation(repository, observation), observation.run);
    for (const change of await store.changes(repository)) verify(entryOfChange(change), change.run);
  }
  for (const [name, { closedBy }] of expected.hashes) blame(closedBy, "missing", `${describeEntry(name)} is not there any more`);
  return { faults: [...faults.values()], rewritten };
}

function describeEntry(name: string): string {
  const { kind, repository, run, of } = parseEntryName(name);
  return kind === "observation" ? `the observation of ${repository}:${of} in ${run}` : `a change of ${repository} in ${run}`;
}
