import type { TagState } from "../../history/state.ts";
import type { Answer } from "../../registry/answer.ts";
import type { RepositoryClient, ResolvedTag } from "../../registry/repository-client.ts";

/**
 * Resolves a tag by HEAD. If that says that a known tag moved, GET has the last word, because some caches answer HEAD with an older digest
 * (architecture section 3). If GET gives no digest, the tag counts as moved: a move is told the night that it is seen. `inFull`: GET is asked
 * at once, if it gives a digest and costs no more than HEAD.
 */
export async function resolveKnownTag(
  client: RepositoryClient,
  tag: string,
  state: TagState | undefined,
  { listed, inFull = false }: { readonly listed: boolean; readonly inFull?: boolean },
): Promise<Answer<ResolvedTag>> {
  const options = { listed };
  const whole = inFull && !client.limitsPulls() ? await client.resolveTag(tag, { ...options, by: "GET" }) : null;
  if (whole?.kind === "found") return whole;
  const head = await client.resolveTag(tag, options);
  const recorded = state?.timeline.at(-1)?.digest;
  if (head.kind !== "found" || recorded === undefined || head.value.digest === recorded) return head;
  const got = await client.resolveTag(tag, { ...options, by: "GET" });
  return got.kind === "found" ? got : head;
}
