import { parseRepository, type Repository } from "../../oci/reference.ts";
import type { WatchedPattern, WatchedRepository, WatchList } from "../watch-list.ts";
import { matchesRepository } from "./repository-pattern.ts";

/** Returns the first pattern that matches a repository and does not leave it out, or null. */
export function findPattern(patterns: readonly WatchedPattern[], repository: Repository): WatchedPattern | null {
  const isFor = ({ pattern, exclude }: WatchedPattern): boolean =>
    matchesRepository(pattern, repository) && !exclude.some((left) => matchesRepository(left, repository));
  return patterns.find(isFor) ?? null;
}

/**
 * Adds the repositories of these names that patterns match, in the order of the names. A repository that an entry names stays that entry's.
 * Names that nothing matches are left out. Pure, so that every call of a run that knows the names sees the same watch list.
 */
export function expandPatterns<List extends Pick<WatchList, "repositories" | "patterns">>(watchList: List, names: readonly string[]): List {
  const named = new Set(watchList.repositories.map(({ repository }) => repository.name));
  const added = [...new Set(names)].flatMap((name): WatchedRepository[] => {
    const parsed = named.has(name) ? null : parseRepository(name);
    if (parsed?.kind !== "parsed") return [];
    const found = findPattern(watchList.patterns, parsed.repository);
    return found === null ? [] : [{ repository: parsed.repository, pattern: found.name, ...found.settings }];
  });
  return added.length === 0 ? watchList : { ...watchList, repositories: [...watchList.repositories, ...added] };
}
