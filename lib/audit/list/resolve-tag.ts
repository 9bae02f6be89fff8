import type { TagState } from "../../history/state.ts";
import type { Answer } from "../../registry/answer.ts";
import type { RepositoryClient, ResolvedTag } from "../../registry/repository-client.ts";

/**
 * Resolves a tag by HEAD. If that says that a known tag moved, GET has the last word, because some caches answer HEAD with an older digest
 * (architecture section 3). If GET gives no digest, the tag counts as moved: a move is told the night that it is seen.
 */
export async function resolveKnownTag(
  client: RepositoryClient,
  tag: string,
  state: TagState | undefined,
  options: { readonly listed: boolean },
): Promise<Answer<ResolvedTag>> {
  const head = await client.resolveTag(tag, options);
  const recorded = state?.timeline.at(-1)?.digest;
  if (head.kind !== "found" || recorded === undefined || head.value.digest === recorded) return head;
  const got = await client.resolveTag(tag, { ...options, by: "GET" });
  return got.kind === "found" ? got : head;
}
