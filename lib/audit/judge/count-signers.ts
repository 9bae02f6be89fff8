import type { CandidateResult } from "../../verification/candidate-result.ts";

type Verified = Extract<CandidateResult, { kind: "verified" }>;

/**
 * How many different signers of the policy signed: one identity counts for one entry of the policy, and one entry for one identity,
 * whichever way most are counted (a maximum matching). So a key that is listed twice counts once, one workflow that two patterns
 * match counts once, and two workflows that one pattern matches are one signer of the policy.
 */
export function countSigners(results: readonly Verified[]): number {
  const entriesOf = new Map<string, Set<string>>();
  for (const { signer, entries } of results) {
    const identity = `${signer.kind}\n${signer.identity}\n${signer.issuer ?? ""}`;
    const known = entriesOf.get(identity) ?? new Set<string>();
    entriesOf.set(identity, known);
    for (const entry of entries) known.add(entry);
  }
  const taken = new Map<string, string>();
  return [...entriesOf.keys()].filter((identity) => seat(identity, entriesOf, taken, new Set())).length;
}

/** Finds the identity an entry, moving others on where that makes room. */
function seat(
  identity: string,
  entriesOf: ReadonlyMap<string, ReadonlySet<string>>,
  taken: Map<string, string>,
  asked: Set<string>,
): boolean {
  for (const entry of entriesOf.get(identity) ?? []) {
    if (asked.has(entry)) continue;
    asked.add(entry);
    const holder = taken.get(entry);
    if (holder !== undefined && !seat(holder, entriesOf, taken, asked)) continue;
    taken.set(entry, identity);
    return true;
  }
  return false;
}
