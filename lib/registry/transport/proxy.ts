import { BlockList, isIP } from "node:net";
import { isLoopbackHost } from "./address.ts";

/** Values of `HTTPS_PROXY` and `NO_PROXY`, or null. */
export interface ProxySettings {
  readonly httpsProxy: string | null;
  readonly noProxy: string | null;
}

/**
 * Returns the proxy for an origin, or null for a direct connection. Only HTTPS goes through a proxy, and loopback never does. `NO_PROXY` is
 * read as curl and Go read it: names with their subdomains, `host:port`, addresses, subnets, `*`.
 */
export function proxyFor(origin: URL, { httpsProxy, noProxy }: ProxySettings): string | null {
  if (httpsProxy === null || httpsProxy === "" || origin.protocol !== "https:" || isLoopbackHost(origin.hostname)) return null;
  const entries = (noProxy ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  if (entries.some((entry) => isExcluded(origin, entry.toLowerCase()))) return null;
  return httpsProxy.includes("://") ? httpsProxy : `http://${httpsProxy}`;
}

function isExcluded(origin: URL, entry: string): boolean {
  if (entry === "*") return true;
  const hostname = origin.hostname.replace(/^\[|\]$/g, "");
  if (entry.includes("/")) return isInSubnet(hostname, entry);
  const port = /^(?<name>[^:]+|\[.+\]):(?<port>\d+)$/.exec(entry)?.groups;
  if (port && port["port"] !== (origin.port || "443")) return false;
  const name = (port?.["name"] ?? entry).replace(/^\[|\]$/g, "").replace(/^\*?\./, "");
  return hostname === name || hostname.endsWith(`.${name}`);
}

function isInSubnet(hostname: string, entry: string): boolean {
  const [net, prefix] = entry.split("/", 2) as [string, string];
  const version = isIP(net);
  if (version === 0 || isIP(hostname) !== version || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(net, Number(prefix), family);
  return list.check(hostname, family);
}
