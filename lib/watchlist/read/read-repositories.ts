import { isSeq } from "yaml";
import type { Repository } from "../../oci/reference.ts";
import { findOverlap } from "../lint/find-overlap.ts";
import { quoteFound } from "./quote-found.ts";
import { readRepository } from "./read-location.ts";
import { BUILT_IN_SETTINGS, readSettings, SETTING_KEYS, type RepositorySettings } from "./read-repository-settings.ts";
import { readItems, readMapping } from "./read-value.ts";
import { nameOf, reportError, type YamlValue } from "./source-file.ts";
import { suggestName } from "./suggest-key.ts";
import type { Policy, TagSelection, WatchedRepository } from "../watch-list.ts";

/** One repository of one entry, as far as it can be read. */
export interface FoundRepository {
  readonly at: YamlValue;
  readonly repository: Repository;
  readonly tags: TagSelection;
  /** The name as written, here or under `defaults:`. */
  readonly policyName: string | null;
  /** Null if its policy cannot be used, which is reported elsewhere. */
  readonly watched: WatchedRepository | null;
}

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
  const fields = readMapping(entry, ["repository", ...SETTING_KEYS], { required: ["repository"] });
  if (fields === null) return [];
  const own = readSettings(fields);
  if (own.policy) reportUnknownPolicy(own.policy, policies);
  else if (!defaults.policy && !fields.policy)
    reportError(entry, "missing-key", "found no policy for a repository", "write policy:, here or under defaults:");
  const { policy: named, ...settings } = { ...defaults, ...own };
  const policy = named && policies.get(named.name);
  return readNames(fields.repository).map(({ at, repository }) => {
    const said = { ...BUILT_IN_SETTINGS, ...settings };
    return { at, repository, tags: said.tags, policyName: named?.name ?? null, watched: policy ? { repository, policy, ...said } : null };
  });
}

function reportUnknownPolicy({ name, at }: { name: string; at: YamlValue }, policies: FoundPolicies): void {
  if (policies.has(name)) return;
  const message = `found ${quoteFound(name)} for policy, which is not under policies:`;
  reportError(at, "unknown-policy", message, suggestName(name, [...policies.keys()]));
}

function readNames(value: YamlValue | undefined): { at: YamlValue; repository: Repository }[] {
  if (value === undefined) return [];
  return (isSeq(value.node) ? (readItems(value) ?? []) : [value]).flatMap((at) => {
    const repository = readRepository(at);
    return repository === null ? [] : [{ at, repository }];
  });
}

/** Reports entries of one repository that may match the same tag: a release must be judged by exactly one entry. */
export function reportOverlaps(found: readonly FoundRepository[]): void {
  for (const entries of Map.groupBy(found, ({ repository }) => repository.name).values()) {
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
