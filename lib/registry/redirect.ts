import type { Reach } from "./transport/guarded-lookup.ts";
import type { Endpoint } from "./endpoint.ts";

/** Where a redirected blob may be read from, or why not. */
type Hop = { readonly kind: "follow"; readonly url: URL; readonly reach: Reach } | { readonly kind: "refused"; readonly detail: string };

/**
 * Judges one redirect of a blob, which whoever serves the registry (or its storage) may have written: HTTPS; plain HTTP only
 * from plain HTTP to the registry's own host or one that the watch list lists; addresses that are not public only
 * for these two. A listed host is named with or without its port.
 */
export function judgeRedirect(location: string, from: URL, endpoint: Endpoint, listed: readonly string[]): Hop {
  if (location === "" || !URL.canParse(location, from.href)) return { kind: "refused", detail: "a redirect without a usable location" };
  const url = new URL(location, from);
  const isKnown = url.host === endpoint.host || listed.includes(url.host) || listed.includes(url.hostname);
  if (url.username !== "" || url.password !== "") return { kind: "refused", detail: `a redirect with a user name to ${url.host}` };
  if (url.protocol !== "https:" && (url.protocol !== "http:" || from.protocol !== "http:" || !isKnown)) {
    return { kind: "refused", detail: `a redirect that is not HTTPS to ${url.host}` };
  }
  return { kind: "follow", url, reach: isKnown ? "anywhere" : "public" };
}
