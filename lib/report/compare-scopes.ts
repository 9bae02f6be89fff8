import { formatCanonicalJson } from "../watchlist/record/epoch-document.ts";
import type { Policy } from "../watchlist/watch-list.ts";
import type { WatchListDocument } from "../watchlist/record/watch-list-document.ts";
import { formatExemption, formatSigner, formatTags, listDemands, listSettings } from "./format-settings.ts";
import type { ScopeChange } from "./report-model.ts";

/** A difference between two watch lists. The caller adds the run and the digest. */
type ScopeDifference = Pick<ScopeChange, "kind" | "subject" | "detail">;

type Entry = WatchListDocument["repositories"][number];

/** Lists the repositories, tags, policies and exemptions that differ between two watch lists. Pure. */
export function compareScopes(before: WatchListDocument, after: WatchListDocument): ScopeDifference[] {
  const [former, present] = [before, after].map(({ repositories }) => Map.groupBy(repositories, ({ repository }) => repository));
  return [
    ...pairUp(former!, present!)
      .toSorted(byName)
      .flatMap(([name, was, is]) => compareRepository(name, was ?? [], is ?? [])),
    ...comparePolicies(before, after),
    ...compareExemptions(before, after),
  ];
}

function compareRepository(subject: string, before: readonly Entry[], after: readonly Entry[]): ScopeDifference[] {
  if (before.length === 0) return [{ kind: "repository", subject, detail: "watched from now on" }];
  if (after.length === 0) return [{ kind: "repository", subject, detail: "not watched any more" }];
  const differences: ScopeDifference[] = [];
  if (before.length !== after.length)
    differences.push({ kind: "repository", subject, detail: `entries: ${before.length} → ${after.length}` });
  for (const [at, entry] of after.entries()) {
    const former = before[at];
    if (former === undefined) continue;
    const [was, is] = [formatTags(former.tags), formatTags(entry.tags)];
    if (was !== is) differences.push({ kind: "tags", subject, detail: `${was} → ${is}` });
    const settings = compareNamed(listSettings(former), listSettings(entry));
    if (settings !== "") differences.push({ kind: "settings", subject, detail: settings });
  }
  return differences;
}

function comparePolicies(before: WatchListDocument, after: WatchListDocument): ScopeDifference[] {
  const [former, present] = [before, after].map(
    ({ repositories }) => new Map(repositories.map(({ policy }) => [policy.name, policy] as const)),
  );
  return pairUp(former!, present!)
    .toSorted(byName)
    .flatMap(([subject, was, is]): ScopeDifference[] => {
      if (was === undefined) return [{ kind: "policy", subject, detail: `new: ${is!.signers.map(formatSigner).join(", ")}` }];
      if (is === undefined) return [{ kind: "policy", subject, detail: "not used any more" }];
      const detail = [compareSigners(was, is), compareNamed(listDemands(was), listDemands(is))].filter((part) => part !== "").join("; ");
      if (detail !== "") return [{ kind: "policy", subject, detail }];
      return formatCanonicalJson(was) === formatCanonicalJson(is)
        ? []
        : [{ kind: "policy", subject, detail: "a detail of a signer or demand changed" }];
    });
}

function compareSigners(before: Policy, after: Policy): string {
  const [former, present] = [before, after].map(({ signers }) => new Map(signers.map((signer) => [signer.name, signer] as const)));
  const parts = pairUp(former!, present!).flatMap(([, was, is]) => {
    if (was === undefined) return `signer added: ${formatSigner(is!)}`;
    if (is === undefined) return `signer removed: ${formatSigner(was)}`;
    if (formatCanonicalJson(was) === formatCanonicalJson(is)) return [];
    return `signer changed: ${formatSigner(was)} → ${formatSigner(is)}`;
  });
  return parts.join("; ");
}

function compareExemptions(before: WatchListDocument, after: WatchListDocument): ScopeDifference[] {
  const [former, present] = [before, after].map(
    ({ exemptions }) => new Map(exemptions.map((exemption) => [formatCanonicalJson(exemption), exemption] as const)),
  );
  const only = (these: typeof former, others: typeof former, word: string): ScopeDifference[] =>
    [...these!].flatMap(([key, exemption]) =>
      others!.has(key) ? [] : [{ kind: "exemption", subject: exemption.repository, detail: `${word}: ${formatExemption(exemption)}` }],
    );
  return [...only(former, present, "removed"), ...only(present, former, "added")];
}

function compareNamed(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string {
  return Object.entries(after)
    .flatMap(([name, value]) => (before[name] === value ? [] : [`${name}: ${before[name]} → ${value}`]))
    .join("; ");
}

type Pair<T> = readonly [name: string, was: T | undefined, is: T | undefined];

function pairUp<T>(former: ReadonlyMap<string, T>, present: ReadonlyMap<string, T>): Pair<T>[] {
  return [...new Set([...former.keys(), ...present.keys()])].map((name) => [name, former.get(name), present.get(name)]);
}

function byName([left]: Pair<unknown>, [right]: Pair<unknown>): number {
  return left < right ? -1 : 1;
}
