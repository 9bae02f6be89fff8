import { parseRepository } from "../../oci/reference.ts";
import { findPattern } from "../select/expand-patterns.ts";
import { formatRepositoryPattern } from "../select/repository-pattern.ts";
import { formatCanonicalJson } from "./epoch-document.ts";
import { findLooserEntry, findLooserTarget, type RecordedEntry } from "./loosened-entry.ts";
import { findLooserExemptions } from "./loosened-exemptions.ts";
import { findLooserPolicy } from "./loosened-policy.ts";
import { findLooserRegistries } from "./loosened-registry.ts";
import { findLooserTelling } from "./loosened-telling.ts";
import type { WatchListDocument } from "./watch-list-document.ts";

/** One way in which a watch list accepts more, or shows less, than the one before it. */
export interface Loosening {
  /** The name of the policy, or null if it concerns the watch list as a whole. */
  readonly policy: string | null;
  /** A phrase: `threshold 2 is now 1`. */
  readonly phrase: string;
}

type Fits = (left: RecordedEntry, right: RecordedEntry) => boolean;

/** A phrase that many repositories share names so many of them. */
const NAMED = 3;

/**
 * Returns what a watch list allows, leaves out or keeps to itself that the one before did not (architecture section 5, "Epoch"): whatever
 * lets more pass, looks at less or later, exempts more, or tells less. Pure.
 */
export function findLoosenings(before: WatchListDocument, after: WatchListDocument): Loosening[] {
  const policies = new Map<string, Loosening>();
  const gone: string[] = [];
  const entries: { readonly repository: string; readonly phrase: string }[] = [];
  const targets: { readonly repository: string; readonly policy: string; readonly phrase: string }[] = [];
  const former = Map.groupBy(before.repositories, ({ repository }) => repository);
  const present = Map.groupBy(after.repositories, ({ repository }) => repository);
  for (const [repository, of] of former) {
    const next = present.get(repository) ?? [];
    // What a pattern does not match any more is gone from the registry, which is told as that.
    if (next.length === 0 && isStillMatched(repository, after)) continue;
    if (next.length === 0) gone.push(`${repository} is not watched any more`);
    else if (next.length < of.length) gone.push(`${repository} has ${next.length} of its ${of.length} entries left`);
    for (const [entry, now] of pairEntries(of, next)) {
      for (const phrase of findLooserEntry(entry, now)) entries.push({ repository, phrase });
      const target = findLooserTarget(entry, now);
      // What it makes of releases is told of the policy, so this is told with it.
      if (target !== null) targets.push({ repository, policy: now.policy.name, phrase: target });
      for (const phrase of findLooserPolicy(entry.policy, now.policy))
        policies.set(`${now.policy.name} ${phrase}`, { policy: now.policy.name, phrase });
    }
  }
  const others = [
    ...gone,
    ...findLooserPatterns(before, after),
    // Only some are named: those of which there can be most come last.
    ...findLooserTelling(before, after),
    ...findLooserExemptions(before, after),
    ...findLooserRegistries(before, after),
    ...joinRepositories(entries),
  ];
  const byPolicy = [...Map.groupBy(targets, ({ policy }) => policy)].flatMap(([policy, of]) =>
    joinRepositories(of).map((phrase) => ({ policy, phrase })),
  );
  return [...policies.values(), ...byPolicy, ...others.map((phrase) => ({ policy: null, phrase }))];
}

/** A setting under `defaults:` changes for every repository: that is one loosening, and not one for each of a thousand. */
function joinRepositories(entries: readonly { readonly repository: string; readonly phrase: string }[]): string[] {
  return [...Map.groupBy(entries, ({ phrase }) => phrase)].flatMap(([phrase, of]) => {
    const names = [...new Set(of.map(({ repository }) => repository))];
    if (names.length <= NAMED) return names.map((name) => `${name}: ${phrase}`);
    return [`${names[0]} and ${names.length - 1} other repositories: ${phrase}`];
  });
}

/** What a pattern left out before matches nothing new, so only what it leaves out in addition counts. */
function findLooserPatterns({ patterns: former = [] }: WatchListDocument, { patterns = [] }: WatchListDocument): string[] {
  return former.flatMap(({ name, exclude }) => {
    const now = patterns.filter((pattern) => pattern.name === name);
    if (now.length === 0) return [`${name} is not watched any more`];
    const left = now[0]!.exclude.map(formatRepositoryPattern).filter((one) => !exclude.map(formatRepositoryPattern).includes(one));
    return left.length === 0 ? [] : [`${name} leaves out ${left.join(", ")} now`];
  });
}

function isStillMatched(name: string, { patterns = [] }: WatchListDocument): boolean {
  const named = parseRepository(name);
  return named.kind === "parsed" && findPattern(patterns, named.repository) !== null;
}

/**
 * Pairs each entry of a repository with the one that replaced it; the order of the list has no meaning. Entries with the same policy and
 * tags come first, then those that share one of the two, then the rest.
 */
function pairEntries(before: readonly RecordedEntry[], after: readonly RecordedEntry[]): (readonly [RecordedEntry, RecordedEntry])[] {
  const isSamePolicy: Fits = (left, right) => left.policy.name === right.policy.name;
  const isSameTags: Fits = (left, right) => formatCanonicalJson(left.tags) === formatCanonicalJson(right.tags);
  const isSame: Fits = (left, right) => isSamePolicy(left, right) && isSameTags(left, right);
  const pairs: (readonly [RecordedEntry, RecordedEntry])[] = [];
  let [former, present] = [[...before], [...after]];
  for (const fits of [isSame, isSameTags, isSamePolicy, () => true])
    for (const entry of former) {
      const now = present.find((one) => fits(entry, one));
      if (now === undefined) continue;
      pairs.push([entry, now]);
      former = former.filter((one) => one !== entry);
      present = present.filter((one) => one !== now);
    }
  return pairs;
}
