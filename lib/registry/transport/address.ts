import { BlockList, isIP } from "node:net";

/**
 * The kind of an address. `reserved` is link-local (including cloud metadata), multicast, documentation, and everything that wraps another
 * address: no registry has such an address. https://www.iana.org/assignments/iana-ipv4-special-registry
 */
export type AddressClass = "public" | "private" | "loopback" | "reserved";

const LOOPBACK = newBlockList("127.0.0.0/8 ::1/128");
const RESERVED = newBlockList(
  "0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4",
  "240.0.0.0/4 100.100.100.200/32 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/32 2001:db8::/32 2002::/16 fe80::/10 fec0::/10",
  "ff00::/8 fd00:ec2::/32",
);
const PRIVATE = newBlockList("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7");

/** Classifies an IPv4 or IPv6 address; an IPv4-mapped one counts as the IPv4 address. Any other text is reserved. */
export function classifyAddress(address: string): AddressClass {
  const bare = address.replace(/^\[|\]$/g, "").split("%", 1)[0]!;
  const version = isIP(bare);
  if (version === 0) return "reserved";
  // A BlockList also looks up an IPv4-mapped IPv6 address among its IPv4 rules.
  const family = version === 4 ? "ipv4" : "ipv6";
  if (LOOPBACK.check(bare, family)) return "loopback";
  if (RESERVED.check(bare, family)) return "reserved";
  return PRIVATE.check(bare, family) ? "private" : "public";
}

/** Reports whether a host name (with or without port) is this machine by name: `localhost`, `127.0.0.0/8`, `[::1]`. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" || name.endsWith(".localhost") || (isAddress(name) && classifyAddress(name) === "loopback");
}

/** Reports whether a host is an address, written as in a URL: IPv6 in brackets. */
export function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
}

function newBlockList(...subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets.flatMap((line) => line.split(" "))) {
    const [net, prefix] = subnet.split("/") as [string, string];
    list.addSubnet(net, Number(prefix), net.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
