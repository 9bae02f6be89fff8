import { reportEmptySelections } from "./lint/empty-selection.ts";
import { reportCaches } from "./lint/looks-like-cache.ts";
import { reportUnheardOwners } from "./lint/unheard-owner.ts";
import { loadFiles, type FileKey, type LoadedFile } from "./read/load-files.ts";
import { nameChannels, readChannels, TERMINAL } from "./read/read-channels.ts";
import { readExemptions } from "./read/read-exemptions.ts";
import { readSecretUrl } from "./read/read-location.ts";
import { readPolicies, reportUnusedPolicies } from "./read/read-policies.ts";
import { readRegistries } from "./read/read-registries.ts";
import { addMirrors } from "./read/add-mirrors.ts";
import { readControls, readReports, readStorm } from "./read/read-reports.ts";
import { readDefaults, readRepositories, reportOverlaps, type FoundPolicies, type FoundRepository } from "./read/read-repositories.ts";
import type { RepositorySettings } from "./read/read-repository-settings.ts";
import { reportError, type WatchListFiles, type YamlValue } from "./read/source-file.ts";
import { findPattern } from "./select/expand-patterns.ts";
import { formatRepositoryPattern } from "./select/repository-pattern.ts";
import type { Problem, WatchedPattern, WatchList } from "./watch-list.ts";

export type { WatchListFiles } from "./read/source-file.ts";

/** Problems and warnings are sorted by file, line and column. */
export type LoadedWatchList =
  | { readonly kind: "loaded"; readonly watchList: WatchList; readonly warnings: readonly Problem[] }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** Problems that may only follow from a file that cannot be read, because the file may define what is missing elsewhere. */
const BROKEN_FILE_FOLLOW_UPS = new Set(["unknown-policy", "unknown-channel"]);
/** Problems that may only follow from an entry that cannot be read, because the entry may use what seems unused. */
const ERROR_FOLLOW_UPS = new Set(["unused-policy", "unused-registry", "unused-exemption", "nothing-watched"]);

/**
 * Loads a watch list (an absolute path) with the files that it includes and the keys that it names. A watch list with an error is never
 * used in part: the result is then all problems, warnings included. What is over by `now` (epoch milliseconds) is a warning; null asks for
 * none. Pure except for `files`.
 */
export function loadWatchList(path: string, files: WatchListFiles, now: number | null = null): LoadedWatchList {
  const problems: Problem[] = [];
  const loaded = loadFiles(path, files, problems);
  const watchList = readWatchList(path, loaded, now);
  const told = withoutFollowUps(problems).toSorted(comparePositions);
  if (watchList === null || told.some(({ severity }) => severity === "error")) return { kind: "invalid", problems: told };
  return { kind: "loaded", watchList, warnings: told };
}

/** Reads the watch list as far as possible, and reports what is wrong. Null if the first file is no watch list at all. */
function readWatchList(path: string, loaded: readonly LoadedFile[], now: number | null): WatchList | null {
  const first = loaded[0];
  if (first === undefined || first.root.file.path !== path) return null;
  const valuesOf = (key: FileKey): YamlValue[] => loaded.flatMap(({ fields }) => fields[key] ?? []);
  const policies = readPolicies(valuesOf("policies"));
  const found = readAllRepositories(loaded, policies);
  reportOverlaps(found);
  reportUnusedPolicies(valuesOf("policies"), new Set(found.map(({ policyName }) => policyName)));
  if (valuesOf("repositories").length === 0)
    reportError(first.root, "missing-key", "found no repositories in the watch list", "write repositories:");
  const patterns = found.flatMap(({ name, settings }): WatchedPattern[] => {
    if (name.kind === "one" || settings === null) return [];
    return [{ name: formatRepositoryPattern(name.pattern), pattern: name.pattern, exclude: name.exclude, settings }];
  });
  const named = new Set(
    found.flatMap(({ name, mirrors }) => [...(name.kind === "one" ? [name.repository] : []), ...mirrors].map((one) => one.name)),
  );
  const registries = readRegistries(valuesOf("registries"), registriesOf(found));
  reportEmptySelections(found);
  reportCaches(found, registries);
  const channels = nameChannels(valuesOf("notify").flatMap(readChannels));
  reportUnheardOwners(found, channels);
  return {
    path,
    repositories: addMirrors(
      found.flatMap(({ name, settings, mirrors }) =>
        name.kind === "one" && settings !== null ? [{ watched: { repository: name.repository, ...settings }, mirrors }] : [],
      ),
    ),
    patterns,
    policies: new Map([...policies].flatMap(([name, policy]) => (policy === null ? [] : [[name, policy]]))),
    registries,
    exemptions: readExemptions(
      valuesOf("exemptions"),
      (repository) => named.has(repository.name) || findPattern(patterns, repository) !== null,
      now,
    ),
    channels: channels.length === 0 ? [TERMINAL] : channels,
    heartbeat: readSecretUrl(first.fields.heartbeat),
    storm: readStorm(first.fields.storm),
    reports: readReports(first.fields.reports, channels),
    controls: readControls(first.fields.controls),
  };
}

/** Reads the repositories of all files. An included file's own defaults override those of the first file, for its repositories. */
function readAllRepositories(loaded: readonly LoadedFile[], policies: FoundPolicies): FoundRepository[] {
  let common: RepositorySettings = {};
  return loaded.flatMap(({ fields }, at) => {
    const own = fields.defaults === undefined ? {} : readDefaults(fields.defaults, policies);
    if (at === 0) common = own;
    return fields.repositories === undefined ? [] : readRepositories(fields.repositories, { ...common, ...own }, policies);
  });
}

function registriesOf(found: readonly FoundRepository[]): ReadonlySet<string> {
  return new Set(
    found.flatMap(({ name, settings, mirrors }) => {
      const { registry } = name.kind === "one" ? name.repository : name.pattern;
      return [registry, settings?.signatureRepository?.registry ?? registry, ...mirrors.map((mirror) => mirror.registry)];
    }),
  );
}

function withoutFollowUps(problems: readonly Problem[]): Problem[] {
  const broken = problems.some(({ code }) => code === "yaml-syntax");
  const wrong = problems.some(({ severity }) => severity === "error");
  return problems.filter(({ code }) => !(broken && BROKEN_FILE_FOLLOW_UPS.has(code)) && !(wrong && ERROR_FOLLOW_UPS.has(code)));
}

function comparePositions(left: Problem, right: Problem): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}
