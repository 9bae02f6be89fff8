import { parseRepository } from "../../oci/reference.ts";
import { findPattern } from "../select/expand-patterns.ts";
import { formatCanonicalJson } from "./epoch-document.ts";
import { isBeforeSigningBegan } from "../select/exemptions.ts";
import { globCovers } from "../select/glob-relation.ts";
import { parseGlob, type Glob } from "../select/glob.ts";
import { parseVersionRange, rangeCovers } from "../select/version-range.ts";
import type { Policy, Severity, Signer, WatchedRepository } from "../watch-list.ts";
import type { RecordedChannel, WatchListDocument } from "./watch-list-document.ts";

/** One way in which a watch list accepts more, or shows less, than the one before it. */
export interface Loosening {
  /** The name of the policy, or null if it concerns the watch list as a whole. */
  readonly policy: string | null;
  /** A phrase: `threshold 2 is now 1`. */
  readonly phrase: string;
}

type RecordedEntry = WatchListDocument["repositories"][number];
type Fits = (left: RecordedEntry, right: RecordedEntry) => boolean;

/**
 * Returns what a watch list allows or leaves out that the one before did not (architecture section 5, "Epoch"): a signer added or changed,
 * a lower threshold, a weaker demand, a repository, tags or a channel dropped, a longer grace, a later `signedSince`. A changed identity
 * always counts, because somebody may sign now who could not before. An exemption does not count: it has an owner, a reason and an end.
 * Pure.
 */
export function findLoosenings(before: WatchListDocument, after: WatchListDocument): Loosening[] {
  const policies = new Map<string, Loosening>();
  const others: Loosening[] = [];
  const former = Map.groupBy(before.repositories, ({ repository }) => repository);
  const present = Map.groupBy(after.repositories, ({ repository }) => repository);
  for (const [repository, entries] of former) {
    const next = present.get(repository) ?? [];
    // What a pattern does not match any more is gone from the registry, which is told as that.
    if (next.length === 0 && isStillMatched(repository, after)) continue;
    if (next.length === 0) others.push({ policy: null, phrase: `${repository} is not watched any more` });
    else if (next.length < entries.length)
      others.push({ policy: null, phrase: `${repository} has ${next.length} of its ${entries.length} entries left` });
    for (const [entry, now] of pairEntries(entries, next)) {
      others.push(...compareEntries(entry, now));
      for (const found of comparePolicies(entry.policy, now.policy)) policies.set(`${found.policy} ${found.phrase}`, found);
    }
  }
  return [...policies.values(), ...others, ...compareChannels(before, after)];
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

function comparePolicies(before: Policy, after: Policy): Loosening[] {
  const known = new Map(before.signers.map((signer) => [identityOf(signer), signer]));
  const signers = after.signers.flatMap((signer) => {
    const former = known.get(identityOf(signer));
    if (former !== undefined) return endsLater(former, signer) ? [`signer ${signer.name} counts for longer`] : [];
    return [`signer ${signer.name} ${before.signers.some(({ name }) => name === signer.name) ? "changed" : "added"}`];
  });
  const annotations = Object.entries(before.annotations).filter(([name, value]) => after.annotations[name] !== value);
  const kept = new Set(after.require.map((demand) => formatCanonicalJson(demand)));
  const logs = ["none", "optional", "required"];
  const phrases = [
    ...signers,
    after.threshold < before.threshold && `threshold ${before.threshold} is now ${after.threshold}`,
    logs.indexOf(after.transparencyLog) < logs.indexOf(before.transparencyLog) &&
      `transparencyLog ${before.transparencyLog} is now ${after.transparencyLog}`,
    ...annotations.map(([name]) => `annotation ${name} is not demanded as before`),
    ...after.accept.filter((what) => !before.accept.includes(what)).map((what) => `accept has ${what} now`),
    ...before.require
      .filter((demand) => !kept.has(formatCanonicalJson(demand)))
      .map(({ predicate }) => `require ${predicate} is not as before`),
  ];
  return phrases.filter((phrase) => phrase !== false).map((phrase) => ({ policy: after.name, phrase }));
}

/** Returns what identifies a signer, whatever its name. */
function identityOf({ name: _name, until: _until, ...signer }: Signer): string {
  return formatCanonicalJson("source" in signer ? { ...signer, source: null } : signer);
}

function endsLater(before: Signer, after: Signer): boolean {
  return before.until !== null && (after.until === null || after.until > before.until);
}

function compareEntries(before: RecordedEntry, after: RecordedEntry): Loosening[] {
  const { repository } = after;
  const phrases = [
    after.graceSeconds > before.graceSeconds && `${repository}: grace ${before.graceSeconds} s is now ${after.graceSeconds} s`,
    before.target === "both" && after.target !== "both" && `${repository}: target both is now ${after.target}`,
    beginsLater(before.signedSince, after.signedSince) &&
      `${repository}: signedSince ${before.signedSince === null ? "" : `${before.signedSince} `}is now ${after.signedSince}`,
    selectsLess(before.tags, after.tags) && `${repository}: its tags are not all selected any more`,
  ];
  return phrases.filter((phrase) => phrase !== false).map((phrase) => ({ policy: null, phrase }));
}

/** Reports whether versions are exempt now that were not before. */
function beginsLater(before: string | null, after: string | null): boolean {
  return after !== null && (before === null || isBeforeSigningBegan(before, after));
}

/**
 * Reports whether a former release may be left out now: it is not if the new patterns cover all former ones, and in doubt it may be. A
 * changed `newest` leaves out no known release.
 */
function selectsLess(before: WatchedRepository["tags"], after: WatchedRepository["tags"]): boolean {
  const lost = (former: readonly string[] | null, present: readonly string[] | null): boolean =>
    present !== null && (former === null || !globsCover(present, former));
  return (
    lost(before.include, after.include) ||
    !globsCover(before.exclude, after.exclude) ||
    narrows(before.semver, after.semver) ||
    lost(before.moving, after.moving)
  );
}

/** Reports whether the outer patterns cover each of the inner ones. */
function globsCover(outer: readonly string[], inner: readonly string[]): boolean {
  const cover: Glob = { pattern: outer.join(","), alternatives: outer.flatMap((pattern) => parsed(pattern)?.alternatives ?? []) };
  return inner.every((pattern) => {
    if (outer.includes(pattern)) return true;
    const glob = parsed(pattern);
    return glob !== null && globCovers(cover, glob);
  });
}

function parsed(pattern: string): Glob | null {
  const answer = parseGlob(pattern);
  return answer.kind === "parsed" ? answer.glob : null;
}

function narrows(before: string | null, after: string | null): boolean {
  if (after === null || after === before) return false;
  const [former, present] = [before === null ? null : parseVersionRange(before), parseVersionRange(after)];
  return former === null || present === null || !rangeCovers(present, former);
}

const RANK: Readonly<Record<Severity, number>> = { notice: 0, warning: 1, alert: 2 };

function compareChannels(before: WatchListDocument, after: WatchListDocument): Loosening[] {
  const fates = before.channels.map((channel) => ({ channel, fate: fateOf(channel, after.channels) }));
  return fates.flatMap(({ channel, fate }) => (fate === null ? [] : [{ policy: null, phrase: `channel ${channel.name} ${fate}` }]));
}

function fateOf({ name, address, kind, severity, owner }: RecordedChannel, after: readonly RecordedChannel[]): string | null {
  const now = after.find((channel) => channel.name === name);
  if (now === undefined) return "is not told any more";
  if (now.address !== address || now.kind !== kind) return "goes elsewhere";
  if (RANK[now.severity] > RANK[severity]) return `is told from ${now.severity} up only`;
  return now.owner !== null && now.owner !== owner ? `is told of ${now.owner} only` : null;
}
