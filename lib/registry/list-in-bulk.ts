import { API_REFUSALS_LIMIT } from "./limits.ts";
import { listTags } from "./list-tags.ts";
import type { TagList } from "./repository-client.ts";
import type { Session } from "./session.ts";
import type { BulkTags, VendorApi } from "./vendors/vendor-api.ts";

/**
 * Lists all tags by the registry's own API, if its profile knows one that also tells what each tag names; otherwise, or if that API does
 * not list all tags, by the tag list of the specification. If the API refuses, breaks off, or answers what cannot be understood, nothing
 * of its answer is used.
 */
export async function listTagsInBulk(session: Session, api: VendorApi): Promise<TagList> {
  const isKnown = session.registry.profile.listInBulk !== undefined;
  const first = await askInBulk(session, api);
  if (first !== null && first.tags !== null) {
    const { tags, pages } = first;
    return { tags, complete: true, failure: null, pages, bulk: first };
  }
  const list = await listTags(session);
  // A registry behind any name is known only after it answered.
  const bulk = !isKnown && list.complete ? await askInBulk(session, api) : first;
  return bulk === null ? list : { ...list, pages: list.pages + bulk.pages, bulk };
}

async function askInBulk({ registry, repository }: Session, api: VendorApi): Promise<BulkTags | null> {
  const { listInBulk } = registry.profile;
  if (listInBulk === undefined || registry.apiRefusals >= API_REFUSALS_LIMIT) return null;
  const answer = await listInBulk(api, repository.path);
  if (answer?.kind === "listed") registry.apiRefusals = 0;
  else if (answer !== null) registry.apiRefusals += OF_ONE_REPOSITORY.has(answer.failure.code) ? 1 : API_REFUSALS_LIMIT;
  return answer?.kind === "listed" ? answer : null;
}

/** Failures that may concern one repository only. All others are taken for the whole registry's. */
const OF_ONE_REPOSITORY: ReadonlySet<string> = new Set(["forbidden", "not-found", "page-missing", "limit", "budget"]);
