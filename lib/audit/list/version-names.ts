import type { Digest } from "../../oci/digest.ts";
import type { RepositoryClient, TagList } from "../../registry/repository-client.ts";
import { compareTags, parseVersionTag } from "../../watchlist/select/version-tag.ts";
import { isPolicyTagBound, type Group } from "./group-releases.ts";
import { mapConcurrently } from "../map-concurrently.ts";

/** Moving tags name new releases, so older versions than these are not looked at. */
const VERSIONS_ASKED = 50;

/**
 * Finds the version tags that name a digest, among the highest of the list. `{tag}` stands for them if a moving tag is audited and the
 * watch list selects no version tag on its digest. Each is resolved once for a list.
 */
export async function findVersionNames(digest: Digest, list: TagList, client: RepositoryClient): Promise<string[]> {
  const confirmed = await confirmNames(digest, list, client);
  if (confirmed.length > 0) return confirmed;
  const known = RESOLVED.get(list) ?? resolveVersions(list, client);
  RESOLVED.set(list, known);
  return (await known).flatMap(([tag, named]) => (named === digest ? [tag] : []));
}

/** Asks only for those tags of which the registry's own list says that they name the digest. */
async function confirmNames(digest: Digest, { bulk }: TagList, client: RepositoryClient): Promise<string[]> {
  const named = [...(bulk?.digests ?? [])].flatMap(([tag, other]) => (other === digest && parseVersionTag(tag) !== null ? [tag] : []));
  const highest = named.toSorted((left, right) => compareTags(right, left)).slice(0, VERSIONS_ASKED);
  const asked = await mapConcurrently(highest, async (tag) => ({ tag, answer: await client.resolveTag(tag, { listed: true }) }));
  return asked.flatMap(({ tag, answer }) => (answer.kind === "found" && answer.value.digest === digest ? [tag] : []));
}

const RESOLVED = new WeakMap<TagList, Promise<[string, Digest | null][]>>();

function resolveVersions(list: TagList, client: RepositoryClient): Promise<[string, Digest | null][]> {
  const versions = [...list.tags].filter((tag) => parseVersionTag(tag) !== null).toSorted((left, right) => compareTags(right, left));
  return mapConcurrently(versions.slice(0, VERSIONS_ASKED), async (tag): Promise<[string, Digest | null]> => {
    const answer = await client.resolveTag(tag, { listed: true });
    return [tag, answer.kind === "found" ? answer.value.digest : null];
  });
}

/** Names groups of moving tags after the version tags on their digest, if the watch list selects none of those. */
export async function nameGroups(groups: readonly Group[], list: TagList, client: RepositoryClient): Promise<Group[]> {
  const named: Group[] = [];
  for (const group of groups) {
    const nameless = isPolicyTagBound(group.releases[0]!.watched.policy) && group.names.every((name) => parseVersionTag(name) === null);
    const names = nameless ? await findVersionNames(group.digest, list, client) : [];
    named.push(names.length > 0 ? { ...group, names } : group);
  }
  return named;
}
