/** Names under which Docker keeps the credentials of Docker Hub. */
const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);
/** What Docker asks a credential helper for when it means Docker Hub. */
export const DOCKER_HUB_SERVER = "https://index.docker.io/v1/";

/**
 * The host that a key of a Docker configuration names, in one spelling: lower-case, without scheme, default port and the `/v1/`
 * or `/v2/` that old clients wrote. Null for a key with any other path: it names a part of a host, and never stands for the whole.
 */
export function normaliseDockerHost(key: string): string | null {
  const groups = /^(?:(?<scheme>https?):\/\/)?(?<host>[^/]+)(?<path>\/.*)?$/i.exec(key.trim())?.groups;
  if (!groups || !/^(?:\/|\/v[12]\/?)?$/.test(groups["path"] ?? "")) return null;
  const host = groups["host"]!.toLowerCase().replace(groups["scheme"]?.toLowerCase() === "http" ? /:80$/ : /:443$/, "");
  return DOCKER_HUB_NAMES.has(host) ? "docker.io" : host;
}
