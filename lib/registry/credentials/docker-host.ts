import { PROFILES } from "../vendors/profiles.ts";

/**
 * Returns the host that a key of a Docker configuration names, in one spelling: lower-case, without scheme, default port and the `/v1/` or
 * `/v2/` of old clients. Null for a key with any other path, because it names only a part of a host.
 */
export function normaliseDockerHost(key: string): string | null {
  const groups = /^(?:(?<scheme>https?):\/\/)?(?<host>[^/]+)(?<path>\/.*)?$/i.exec(key.trim())?.groups;
  if (!groups || !/^(?:\/|\/v[12]\/?)?$/.test(groups["path"] ?? "")) return null;
  const host = groups["host"]!.toLowerCase().replace(groups["scheme"]?.toLowerCase() === "http" ? /:80$/ : /:443$/, "");
  return PROFILES.find(({ dockerLogin }) => dockerLogin?.names.includes(host))?.dockerLogin?.registry ?? host;
}

/** Returns the server name that Docker gives to a credential helper, if it is not the registry's own name; else null. */
export function dockerServerOf(host: string): string | null {
  return PROFILES.find(({ dockerLogin }) => dockerLogin?.registry === host)?.dockerLogin?.server ?? null;
}
