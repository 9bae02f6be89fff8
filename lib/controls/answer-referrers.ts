import { isDigest } from "../oci/digest.ts";
import type { RegistryOptions } from "./registry-options.ts";
import type { RegistryRequest } from "./registry-request.ts";
import { newErrorReply, PAGE_NOT_FOUND, type RegistryReply } from "./registry-reply.ts";
import type { StoredRepository } from "./stored-repository.ts";

/** Answers `GET /v2/<name>/referrers/<digest>`: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers */
export function answerReferrers(
  repository: StoredRepository | undefined,
  request: RegistryRequest,
  options: RegistryOptions,
): RegistryReply {
  if (!options.referrersApi) return PAGE_NOT_FOUND;
  if (!isDigest(request.reference)) return newErrorReply(400, "DIGEST_INVALID", "the subject is no digest");
  if (!repository) return newErrorReply(404, "NAME_UNKNOWN", "repository name not known to registry");
  const size = options.referrersPageSize;
  if (size === null) return repository.referrersReply(request.reference);
  const start = Number(new URLSearchParams(request.query).get("start") ?? "0");
  const { reply, more } = repository.referrersPage(request.reference, start, size);
  if (!more) return reply;
  const next = `/v2/${request.repository}/referrers/${request.reference}?start=${start + size}`;
  return { ...reply, headers: { ...reply.headers, link: `<${next}>; rel="next"` } };
}
