import { isSeq } from "yaml";
import type { Repository } from "../../oci/reference.ts";
import { findOverlap } from "../lint/find-overlap.ts";
import { isRepositoryPattern, parseRepositoryPattern, type RepositoryPattern } from "../select/repository-pattern.ts";
import { quoteFound } from "./quote-found.ts";
import { readRepository } from "./read-location.ts";
import { BUILT_IN_SETTINGS, readSettings, SETTING_KEYS, type RepositorySettings } from "./read-repository-settings.ts";
import { readItems, readMapping, readText } from "./read-value.ts";
import { nameOf, reportError, type YamlValue } from "./source-file.ts";
import { suggestName } from "./suggest-key.ts";
import type { Policy, TagSelection, WatchedRepository } from "../watch-list.ts";

/** One repository of one entry, as far as it can be read. */
export interface FoundRepository {
  readonly at: YamlValue;
  readonly name: WatchedName;
  readonly mirrors: readonly Repository[];
  readonly tags: TagSelection;
  /** The name as written, here or under `defaults:`. */
  readonly policyName: string | null;
  /** Null if its policy cannot be used, which is reported elsewhere. */
  readonly settings: Omit<WatchedRepository, "repository"> | null;
}

/** What an entry names: one repository, or all that a pattern matches. */
type WatchedName =
  | { readonly kind: "one"; readonly repository: Repository }
  | { readonly kind: "pattern"; readonly pattern: RepositoryPattern; readonly exclude: readonly RepositoryPattern[] };

/** Policies by name; null for one that is written but cannot be used. */
export type FoundPolicies = ReadonlyMap<string, Policy | null>;

/** Reads `defaults:`: any key of a repository. */
export function readDefaults(value: YamlValue, policies: FoundPolicies): RepositorySettings {
  const fields = readMapping(value, SETTING_KEYS);
  const settings = fields === null ? {} : readSettings(fields);
  if (settings.policy) reportUnknownPolicy(settings.policy, policies);
  return settings;
}

/** Reads `repositories:`. An entry for a list of repositories becomes one watched repository for each. */
export function readRepositories(value: YamlValue, defaults: RepositorySettings, policies: FoundPolicies): FoundRepository[] {
  return (readItems(value) ?? []).flatMap((entry) => readEntry(entry, defaults, policies));
}

function readEntry(entry: YamlValue, defaults: RepositorySettings, policies: FoundPolicies): FoundRepository[] {
  const fields = readMapping(entry, ["repository", "exclude", "mirrors", ...SETTING_KEYS], { required: ["repository"] });
  if (fields === null) return [];
  const own = readSettings(fields);
  if (own.policy) reportUnknownPolicy(own.policy, policies);
  else if (!defaults.policy && !fields.policy)
    reportError(entry, "missing-key", "found no policy for a repository", "write policy:, here or under defaults:");
  const { policy: named, ...settings } = { ...defaults, ...own };
  const policy = named && policies.get(named.name);
  const said = { ...BUILT_IN_SETTINGS, ...settings };
  const names = readNames(fields.repository, fields.exclude);
  const mirrors = fields.mirrors === undefined ? [] : readMirrors(fields.mirrors, names);
  return names.map(({ at, name }) => ({
    at,
    name,
    mirrors,
    tags: said.tags,
    policyName: named?.name ?? null,
    settings: policy ? { policy, ...said } : null,
  }));
}

/** Reads the mirrors of an entry. They are those of one repository: which mirror belongs to which of several cannot be told. */
function readMirrors(value: YamlValue, names: readonly { readonly name: WatchedName }[]): Repository[] {
  if (names.length === 1 && names[0]!.name.kind === "one")
    return (readItems(value, { empty: true }) ?? []).flatMap((item) => readRepository(item) ?? []);
  reportError(
    value,
    "bad-mirrors",
    "found mirrors: beside more than one repository",
    "write an entry for each repository that has mirrors",
  );
  return [];
}

function reportUnknownPolicy({ name, at }: { name: string; at: YamlValue }, policies: FoundPolicies): void {
  if (policies.has(name)) return;
  const message = `found ${quoteFound(name)} for policy, which is not under policies:`;
  reportError(at, "unknown-policy", message, suggestName(name, [...policies.keys()]));
}

function readNames(value: YamlValue | undefined, excluded: YamlValue | undefined): { at: YamlValue; name: WatchedName }[] {
  if (value === undefined) return [];
  const items = isSeq(value.node) ? (readItems(value) ?? []) : [value];
  const patterns = items.filter((at) => isRepositoryPattern(readText(at) ?? ""));
  if (excluded !== undefined && patterns.length === 0)
    reportError(
      excluded,
      "unused-exclude",
      "found exclude: beside a repository that is no pattern",
      "remove it, or write a pattern such as ghcr.io/acme/**",
    );
  return items.flatMap((at): { at: YamlValue; name: WatchedName }[] => {
    if (!patterns.includes(at)) {
      const repository = readRepository(at);
      return repository === null ? [] : [{ at, name: { kind: "one", repository } }];
    }
    const pattern = readPattern(at, null);
    if (pattern === null) return [];
    const exclude = (excluded === undefined ? [] : isSeq(excluded.node) ? (readItems(excluded) ?? []) : [excluded]).flatMap(
      (item) => readPattern(item, pattern.registry) ?? [],
    );
    return [{ at, name: { kind: "pattern", pattern, exclude } }];
  });
}

/** Reads a pattern over repositories. One that leaves repositories out of another may be without the registry. */
function readPattern(value: YamlValue, registry: string | null): RepositoryPattern | null {
  const text = readText(value);
  if (text === null) return null;
  const parsed = parseRepositoryPattern(registry === null || text.startsWith(`${registry}/`) ? text : `${registry}/${text}`);
  if (parsed.kind === "parsed") return parsed.pattern;
  const message = `found ${quoteFound(text)} for ${value.label}: ${parsed.detail}`;
  return reportError(value, "bad-pattern", message, "write a registry and a path with * or **, such as ghcr.io/acme/**");
}

/** Reports entries of one repository that may match the same tag: a release must be judged by exactly one entry. */
export function reportOverlaps(found: readonly FoundRepository[]): void {
  const named = found.flatMap(({ name, ...entry }) => (name.kind === "one" ? [{ ...entry, repository: name.repository }] : []));
  for (const entries of Map.groupBy(named, ({ repository }) => repository.name).values()) {
    for (const [at, later] of entries.entries()) {
      const overlaps = entries.slice(0, at).map((earlier) => ({ earlier, overlap: findOverlap(earlier.tags, later.tags) }));
      const hit = overlaps.find(({ overlap }) => overlap !== null);
      if (!hit?.overlap) continue;
      const { left, right } = hit.overlap;
      const both = left === right ? `both take ${left}` : `that takes ${left}, this ${right}`;
      const message = `found ${later.repository.name} again after ${nameOf(hit.earlier.at, later.at)}: ${both}`;
      reportError(later.at, "overlap", message, "write tags: with include:, exclude:, semver: or moving: [], so that no tag matches both");
    }
  }
}
