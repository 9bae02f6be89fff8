import type { CandidateResult } from "../../verification/candidate-result.ts";

export type Verified = Extract<CandidateResult, { kind: "verified" }>;

/**
 * Counts the different signers of the policy that signed. One identity counts for one entry of the policy, and one entry for one identity,
 * paired so that the count is highest (a maximum matching). So a key that is listed twice counts once, a workflow that two patterns match
 * counts once, and two workflows that one pattern matches count as one signer of the policy.
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

/** Finds an entry for the identity, and moves other identities to other entries if that makes room. */
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
