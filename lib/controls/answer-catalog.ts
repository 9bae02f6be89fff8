import type { RegistryOptions } from "./registry-options.ts";
import type { RegistryRequest } from "./registry-request.ts";
import { newJsonReply, type RegistryReply } from "./registry-reply.ts";
import type { RegistryStore } from "./registry-store.ts";

/** Answers `GET /v2/_catalog?n=&last=`: https://distribution.github.io/distribution/spec/api/#listing-repositories */
export function answerCatalog(store: RegistryStore, request: RegistryRequest, options: RegistryOptions): RegistryReply {
  const query = new URLSearchParams(request.query);
  const last = query.get("last") ?? "";
  const left = store.names().filter((name) => name > last && !options.hiddenFromCatalog.includes(name));
  const size = Math.min(Number(query.get("n") ?? Infinity), options.catalogPageSize ?? Infinity);
  const page = left.slice(0, size);
  const reply = newJsonReply(200, { repositories: page });
  if (page.length === left.length) return reply;
  return { ...reply, headers: { ...reply.headers, link: `</v2/_catalog?last=${encodeURIComponent(page.at(-1)!)}&n=${size}>; rel="next"` } };
}
