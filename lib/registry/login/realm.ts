import { isAddress, isLoopbackHost } from "../transport/address.ts";
import type { Endpoint } from "../endpoint.ts";
import { PROFILES } from "../vendors/profiles.ts";

/**
 * The address to ask for a token. `trusted`: the host belongs to the registry and may see the credentials. `anonymous`: it is asked without
 * them. `refused`: it is not asked at all.
 */
type Realm = { readonly kind: "trusted" | "anonymous"; readonly url: URL } | { readonly kind: "refused"; readonly detail: string };

/**
 * Parses the `realm` of a challenge, which may be relative to the registry, and judges whose host it names. `tokenHost` is the host that
 * the watch list names for this registry.
 *
 * Whoever can answer for a registry writes this text, so credentials follow it only to
 *
 * - the registry's own host,
 * - the `tokenHost` of the watch list,
 * - a host that a profile names for the registry,
 * - over HTTPS, a host whose name is below the registry's, which only the registry's owner gives out, or a domain that the registry's name
 *   is in, whose owner could take over the registry's name anyway.
 *
 * A neighbour in the same domain is not trusted: two names with one ending do not prove one owner (`acme.azurecr.io`, `evil.azurecr.io`),
 * and a list of shared domains is never complete. On loopback, another port is another service, maybe of another user. An HTTPS registry
 * never leads to plain HTTP.
 */
export function parseRealm(realm: string, endpoint: Endpoint, tokenHost: string | null): Realm {
  if (!URL.canParse(realm, endpoint.origin)) return { kind: "refused", detail: "the realm of its challenge is no URL" };
  const url = new URL(realm, endpoint.origin);
  if (url.username !== "" || url.password !== "") return { kind: "refused", detail: "the realm of its challenge holds a user name" };
  const isPlain = url.protocol === "http:";
  if (!isPlain && url.protocol !== "https:") return { kind: "refused", detail: "the realm of its challenge is no web address" };
  if (isPlain && endpoint.origin.startsWith("https:")) return { kind: "refused", detail: "the realm of its challenge is plain HTTP" };
  url.hash = "";
  const isOwn = url.origin === endpoint.origin || (url.host === endpoint.host && !isPlain) || url.host === tokenHost;
  return { kind: isOwn || (!isPlain && isRelated(url, endpoint)) ? "trusted" : "anonymous", url };
}

function isRelated(realm: URL, endpoint: Endpoint): boolean {
  if (isLoopbackHost(realm.hostname) || endpoint.isLoopback) return false;
  const [registry, asked] = [endpoint.hostname, realm.hostname];
  if (asked === registry) return true;
  if (isAddress(asked) || isAddress(registry)) return false;
  if (PROFILES.some(({ ownsTokenHost }) => ownsTokenHost?.(registry, asked) === true)) return true;
  return asked.endsWith(`.${registry}`) || (asked.includes(".") && registry.endsWith(`.${asked}`));
}
