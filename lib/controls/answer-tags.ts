import type { RegistryOptions } from "./registry-options.ts";
import type { RegistryRequest } from "./registry-request.ts";
import { newErrorReply, newJsonReply, type RegistryReply } from "./registry-reply.ts";
import type { StoredRepository } from "./stored-repository.ts";

/** Answers `GET /v2/<name>/tags/list?n=&last=`: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags */
export function answerTags(repository: StoredRepository, request: RegistryRequest, options: RegistryOptions): RegistryReply {
  const tags = repository.sortedTags();
  const query = new URLSearchParams(request.query);
  const asked = query.get("n");
  const n = asked === null ? Infinity : Number(asked);
  if (options.tagsPaging === "ignores-n") return newTagsReply(repository, request, tags, options);
  if (!(n === Infinity || (Number.isSafeInteger(n) && n >= 0)) || (asked !== null && n > (options.tagsMaximum ?? Infinity))) {
    return newErrorReply(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested");
  }
  const start = positionAfter(tags, query.get("last") ?? "");
  const size = Math.min(n, options.tagsPageSize ?? Infinity);
  const page = tags.slice(start, start + size);
  const reply = newTagsReply(repository, request, page, options);
  const last = page.at(-1);
  const more = last !== undefined && start + size < tags.length;
  if (!more || options.tagsPaging === "without-link") return reply;
  const next = `/v2/${request.repository}/tags/list?last=${encodeURIComponent(last)}&n=${size}`;
  return { ...reply, headers: { ...reply.headers, link: `<${next}>; rel="next"` } };
}

function newTagsReply(
  repository: StoredRepository,
  request: RegistryRequest,
  tags: readonly string[],
  options: RegistryOptions,
): RegistryReply {
  const list = { name: request.repository, tags: tags.length === 0 && options.tagsNull ? null : tags };
  return newJsonReply(200, options.manifestMap ? { ...list, manifest: mapManifests(repository) } : list);
}

/** Digest → its tags and type: https://github.com/google/go-containerregistry/blob/main/pkg/v1/google/list.go */
function mapManifests({ manifests, tags }: StoredRepository): Record<string, { tag: string[]; mediaType: string }> {
  const map: Record<string, { tag: string[]; mediaType: string }> = {};
  for (const [digest, { mediaType }] of manifests) map[digest] = { tag: [], mediaType };
  for (const [tag, digest] of tags) map[digest]?.tag.push(tag);
  return map;
}

/** Returns the index of the first tag after `last`, by binary search. */
function positionAfter(tags: readonly string[], last: string): number {
  let low = 0;
  let high = tags.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tags[middle]! <= last) low = middle + 1;
    else high = middle;
  }
  return last === "" ? 0 : low;
}
