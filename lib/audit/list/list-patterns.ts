import type { RepositoryList, RegistryClients } from "../../registry/repository-client.ts";
import { parseRepository } from "../../oci/reference.ts";
import type { Failure } from "../../registry/answer.ts";
import { findPattern } from "../../watchlist/select/expand-patterns.ts";
import { prefixOfPattern } from "../../watchlist/select/repository-pattern.ts";
import type { WatchedPattern } from "../../watchlist/watch-list.ts";
import { mapConcurrently } from "../map-concurrently.ts";

/** What became of one pattern when the registry was asked for its repositories. */
export interface ListedPattern {
  readonly pattern: WatchedPattern;
  /** The names of the repositories that are audited by it, in their order. */
  readonly names: readonly string[];
  /** Those that the last listing did not have. */
  readonly appeared: readonly string[];
  /** Those of the last listing that neither the list nor the repository itself shows any more. */
  readonly gone: readonly string[];
  /** Why the registry's list is not complete, or null. Then the repositories of the last listing are audited, too. */
  readonly failure: Failure | null;
}

/** The names that each pattern had in the last run that recorded it, by the pattern's name. */
export type FormerNames = ReadonlyMap<string, readonly string[]>;

/**
 * Asks the registries for the repositories that patterns match. A list that is not complete proves nothing, so the repositories of the last
 * listing stay. If a complete list does not name a repository any more, that one is asked itself before it counts as gone.
 */
export async function listPatterns(
  patterns: readonly WatchedPattern[],
  former: FormerNames,
  clients: Pick<RegistryClients, "of" | "listRepositories">,
): Promise<ListedPattern[]> {
  return mapConcurrently(patterns, async (pattern): Promise<ListedPattern> => {
    const { registry } = pattern.pattern;
    const list = await clients.listRepositories(registry, prefixOfPattern(pattern.pattern));
    const listed = matchingNames(list, registry, pattern, patterns);
    const known = former.get(pattern.name) ?? [];
    const missing = known.filter((name) => !listed.has(name));
    const gone = list.complete ? new Set(await findGone(missing, clients)) : new Set<string>();
    const names = [...listed, ...missing.filter((name) => !gone.has(name))].toSorted();
    return {
      pattern,
      names,
      appeared: [...listed].filter((name) => !known.includes(name)),
      gone: [...gone],
      failure: list.failure ?? (names.length === 0 ? matchesNothing(pattern) : null),
    };
  });
}

/** Returns the listed names that are this pattern's. A name that is no repository's is a registry's mistake. */
function matchingNames(
  { paths }: RepositoryList,
  registry: string,
  pattern: WatchedPattern,
  patterns: readonly WatchedPattern[],
): Set<string> {
  return new Set(
    paths.flatMap((path) => {
      const parsed = parseRepository(`${registry}/${path}`);
      return parsed.kind === "parsed" && findPattern(patterns, parsed.repository) === pattern ? [parsed.repository.name] : [];
    }),
  );
}

/** A login that may see nothing is often shown an empty list, and so is who misspelt the pattern. Neither must pass for a quiet night. */
function matchesNothing({ name }: WatchedPattern): Failure {
  return { code: "not-found", detail: `the registry lists no repository that ${name} matches`, status: 200, attempts: 1 };
}

/**
 * A registry may also refuse what it does not have, and some show an empty list of tags. A page that no registry wrote proves nothing, and
 * neither does a cache.
 */
async function findGone(missing: readonly string[], clients: Pick<RegistryClients, "of">): Promise<string[]> {
  const asked = await mapConcurrently(missing, async (name) => {
    const parsed = parseRepository(name);
    if (parsed.kind === "malformed") return name;
    const client = clients.of(parsed.repository);
    const { complete, tags, failure } = await client.listTags();
    const isRefused = failure !== null && (failure.isAbsence === true || failure.status === 403 || failure.status === 401);
    return tags.size === 0 && (complete || isRefused) && !(await client.isPullThrough()) ? name : null;
  });
  return asked.filter((name) => name !== null);
}
