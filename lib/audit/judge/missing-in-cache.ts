import type { Failure } from "../../registry/answer.ts";
import type { RepositoryClient } from "../../registry/repository-client.ts";

/** Why what a cache does not have is not proven absent. */
export function missingInCache(cache: string): Failure {
  const detail = `${cache} is a cache of another registry (pullThrough): what it does not have may be there, and nothing shows that this other registry answered tonight; to be sure, watch that registry itself`;
  return { code: "pull-through", detail, status: null, attempts: 0 };
}

/** Returns the name of the first of these repositories that is a cache, or null. */
export async function findCache(clients: readonly RepositoryClient[]): Promise<string | null> {
  for (const client of clients) if (await client.isPullThrough()) return client.repository.name;
  return null;
}
