import type { Change } from "../../history/state.ts";
import { isDefinitive, type VerdictWord } from "../../history/verdict.ts";
import type { AgainPart, Part, RunPlan } from "../part.ts";

/**
 * Which releases this run has read. A held change needs a reading after it was held; a change of a run that is still open needs a reading
 * by this run. A release that is no longer watched cannot be read, and is told as it was seen.
 */
export interface Reading {
  /** Reports whether this run has a definitive reading of the release, and with `again`, one after the change was held. */
  has(change: Change, options: { again: boolean }): boolean;
  /** Reports whether this run audits a repository and found the tag among its releases. */
  watches(repository: string, tag?: string): boolean;
}

/** Returns the second verdict on a release, or undefined if it was not read again. A tag that was gone by then keeps its first verdict. */
export type SecondVerdicts = (repository: string, tag: string) => VerdictWord | undefined;

export function readSecondVerdicts(parts: readonly Part[], again: readonly AgainPart[]): SecondVerdicts {
  const first = new Map(parts.map((part) => [part.repository, verdictsOf(part)]));
  const second = new Map<string, VerdictWord | undefined>();
  for (const { repository, verdicts, gone } of again) {
    for (const [tag, verdict] of verdicts) second.set(`${repository} ${tag}`, verdict);
    for (const tag of gone) second.set(`${repository} ${tag}`, first.get(repository)?.get(tag));
  }
  return (repository, tag) => second.get(`${repository} ${tag}`);
}

/** Creates the reading of a run from its parts and its second reading. */
export function createReading(plan: RunPlan, parts: readonly Part[], secondVerdict: SecondVerdicts): Reading {
  const planned = new Set(plan.repositories);
  const held = new Set(plan.held);
  const audited = new Map(parts.map((part) => [part.repository, { ...part, first: verdictsOf(part) }]));
  return {
    has({ id, repository, tag }, { again }) {
      // A run over a part of the watch list does not know what else is watched.
      if (!planned.has(repository)) return !plan.partial;
      const part = audited.get(repository);
      if (part === undefined || !part.done) return false;
      if (tag === null) return true;
      const first = part.first.get(tag);
      if (first === undefined) return part.coverage.listed && part.coverage.expected === part.coverage.releases;
      const second = secondVerdict(repository, tag);
      return isDefinitive(second ?? first) && (!again || second !== undefined || held.has(id));
    },
    watches: (repository, tag) => planned.has(repository) && (tag === undefined || audited.get(repository)?.first.has(tag) === true),
  };
}

function verdictsOf({ tags, notSigned }: Part): ReadonlyMap<string, VerdictWord> {
  const verdicts = new Map<string, VerdictWord>(tags.map((tag) => [tag, "signed"]));
  for (const [tag, verdict] of notSigned) verdicts.set(tag, verdict);
  return verdicts;
}
