const GITHUB = "https://token.actions.githubusercontent.com";
/** GitHub Enterprise Cloud with data residency: https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency */
const GITHUB_SUBDOMAIN = /^https:\/\/token\.actions\.([a-z0-9-]+\.ghe\.com)(?:\/|$)/;

/**
 * Returns the path of a source repository, `owner/name`, or null if the address is on a host that the issuer does not speak for. GitHub's
 * issuer speaks for github.com, a server of one's own for itself. Any other issuer may have built from github.com or from its own host.
 * Without this, `https://evil.example/acme/app` would count as acme/app.
 */
export function repositoryOf(address: string, issuer: string | null): string | null {
  const [host, path] = splitAddress(address) ?? [null, ""];
  return host !== null && hostsOf(issuer).includes(host) && path !== "" ? path : null;
}

/**
 * Returns the file of the workflow that a build configuration names: `.github/workflows/release.yml`. Null if it is not a file of the source
 * repository: a workflow of another repository may have the same path. Both addresses are those of one certificate (OIDs 18 and 12):
 * https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
export function workflowFileOf(configuration: string | null, source: string | null): string | null {
  if (configuration === null || source === null || !configuration.startsWith(`${source}/`)) return null;
  return /^(?<file>\.github\/workflows\/[^@]+)@/.exec(configuration.slice(source.length + 1))?.groups?.["file"] ?? null;
}

function hostsOf(issuer: string | null): string[] {
  if (issuer === null) return ["github.com"];
  if (issuer === GITHUB || issuer.startsWith(`${GITHUB}/`)) return ["github.com"];
  const subdomain = GITHUB_SUBDOMAIN.exec(issuer)?.[1];
  if (subdomain !== undefined) return [subdomain];
  const own = splitAddress(issuer)?.[0];
  return own === undefined ? ["github.com"] : ["github.com", own];
}

/** Host and path of an https address. No library: what is compared must be what is written, without any normalisation. */
function splitAddress(address: string): [string, string] | null {
  const match = /^https:\/\/([a-z0-9.-]+(?::\d+)?)(?:\/(.*))?$/.exec(address);
  return match === null ? null : [match[1]!, match[2] ?? ""];
}
