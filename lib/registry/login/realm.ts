import { isAddress, isLoopbackHost } from "../transport/address.ts";
import type { Endpoint } from "../endpoint.ts";
import { isPublicSuffix } from "./public-suffix.ts";
import { profileOf } from "../vendors/profiles.ts";

/**
 * Where to ask for a token. `trusted`: the host belongs to the registry, so it may see the credentials;
 * otherwise it is asked anonymously. `refused`: it is not asked at all.
 */
type Realm = { readonly kind: "trusted" | "anonymous"; readonly url: URL } | { readonly kind: "refused"; readonly detail: string };

/**
 * Parses the `realm` of a challenge, relative ones against the registry, and judges whose host that is.
 *
 * Whoever can answer for a registry writes this text, so credentials follow it only to the registry's own host, to one
 * that its profile names, or (HTTPS only) to one below the registry's own domain. On loopback another port is another
 * service, maybe of another user. An HTTPS registry never sends us to plain HTTP.
 */
export function parseRealm(realm: string, endpoint: Endpoint): Realm {
  if (!URL.canParse(realm, endpoint.origin)) return { kind: "refused", detail: "the realm of its challenge is no URL" };
  const url = new URL(realm, endpoint.origin);
  if (url.username !== "" || url.password !== "") return { kind: "refused", detail: "the realm of its challenge holds a user name" };
  const isPlain = url.protocol === "http:";
  if (!isPlain && url.protocol !== "https:") return { kind: "refused", detail: "the realm of its challenge is no web address" };
  if (isPlain && endpoint.origin.startsWith("https:")) return { kind: "refused", detail: "the realm of its challenge is plain HTTP" };
  url.hash = "";
  const isOwn = url.origin === endpoint.origin || (url.host === endpoint.host && !isPlain);
  return { kind: isOwn || (!isPlain && isRelated(url, endpoint)) ? "trusted" : "anonymous", url };
}

function isRelated(realm: URL, endpoint: Endpoint): boolean {
  if (isLoopbackHost(realm.hostname) || endpoint.isLoopback) return false;
  if (realm.hostname === endpoint.hostname) return true;
  if (isAddress(realm.hostname) || isAddress(endpoint.hostname)) return false;
  if (profileOf(endpoint.registry).tokenHost?.test(realm.hostname) === true) return true;
  return isBelow(realm.hostname, endpoint.hostname) || isBelow(realm.hostname, endpoint.hostname.slice(endpoint.hostname.indexOf(".") + 1));
}

/** The domain itself or a name in it, where the domain has one owner. */
function isBelow(hostname: string, domain: string): boolean {
  return !isPublicSuffix(domain) && (hostname === domain || hostname.endsWith(`.${domain}`));
}
