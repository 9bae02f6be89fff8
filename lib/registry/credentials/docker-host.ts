import { PROFILES } from "../vendors/profiles.ts";

/**
 * The host that a key of a Docker configuration names, in one spelling: lower-case, without scheme, default port and the `/v1/`
 * or `/v2/` that old clients wrote. Null for a key with any other path: it names a part of a host, and never stands for the whole.
 */
export function normaliseDockerHost(key: string): string | null {
  const groups = /^(?:(?<scheme>https?):\/\/)?(?<host>[^/]+)(?<path>\/.*)?$/i.exec(key.trim())?.groups;
  if (!groups || !/^(?:\/|\/v[12]\/?)?$/.test(groups["path"] ?? "")) return null;
  const host = groups["host"]!.toLowerCase().replace(groups["scheme"]?.toLowerCase() === "http" ? /:80$/ : /:443$/, "");
  return PROFILES.find(({ dockerLogin }) => dockerLogin?.names.includes(host))?.dockerLogin?.registry ?? host;
}

/** What Docker asks a credential helper for when it means a registry by another name; null if it uses the registry's own. */
export function dockerServerOf(host: string): string | null {
  return PROFILES.find(({ dockerLogin }) => dockerLogin?.registry === host)?.dockerLogin?.server ?? null;
}
