import { parseAwsSecret } from "./aws-secret.ts";
import { quoteFound } from "./quote-found.ts";
import { readCertificates } from "./read-certificates.ts";
import { canonicalHost, isSecretReference, readSecretReference } from "./read-location.ts";
import { readPem } from "./read-pem.ts";
import { readBudget, readDuration } from "./read-quantity.ts";
import { readBoolean, readEntries, readInteger, readMapping, readParsed, readText, readTexts, type NamedValue } from "./read-value.ts";
import { nameOf, reportError, reportWarning, resolvePath, type Spot, type YamlValue } from "./source-file.ts";
import type { RegistrySettings } from "../watch-list.ts";

const KEYS = [
  "plainHttp",
  "ca",
  "clientCertificate",
  "clientKey",
  "redirects",
  "credentials",
  "tokenHost",
  "pullThrough",
  "concurrency",
  "budget",
  "timeout",
  "retries",
] as const;
const CONCURRENCY_MOST = 100;
const RETRIES_MOST = 20;
const CREDENTIALS = /^(?:docker|anonymous|env:[A-Za-z_]\w*,[A-Za-z_]\w*|ecr(?::arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+)?)$/;

/** Reads the `registries:` of all files: settings by host. Warns of a host that is not in use. */
export function readRegistries(values: readonly YamlValue[], used: ReadonlySet<string>): ReadonlyMap<string, RegistrySettings> {
  const registries = new Map<string, RegistrySettings>();
  const spots = new Map<string, Spot>();
  for (const entry of values.flatMap((value) => readEntries(value) ?? [])) {
    const settings = readRegistry(entry);
    if (settings === null) continue;
    const { host } = settings;
    const before = spots.get(host);
    if (before !== undefined) {
      const message = `found settings for ${host} again, as in ${nameOf(before, entry.key)}`;
      reportError(entry.key, "duplicate-name", message, "write them in one place");
    } else if (!used.has(host)) {
      const message = `found settings for ${host}, where no repository lies`;
      reportWarning(entry.key, "unused-registry", message, "remove them, or watch a repository there");
    }
    spots.set(host, entry.key);
    registries.set(host, settings);
  }
  return registries;
}

function readRegistry({ name, key, value }: NamedValue): RegistrySettings | null {
  const host = canonicalHost(name);
  if (host === null) {
    const reason = /^[a-z]+:\/\//i.test(name) ? "which starts like a web address" : "which is no host name";
    const remedy = "write host or host:port, such as registry.example:5000";
    reportError(key, "bad-host", `found ${quoteFound(name)} under registries, ${reason}`, remedy);
  }
  const fields = readMapping({ ...value, label: `registry ${name}` }, KEYS);
  if (fields === null || host === null) return null;
  const clientCertificate = readPems(fields.clientCertificate);
  const clientKey = readClientKey(fields.clientKey);
  if ((fields.clientCertificate === undefined) !== (fields.clientKey === undefined)) {
    const missing = fields.clientKey === undefined ? "clientKey" : "clientCertificate";
    reportError(value, "missing-key", `found no ${missing} beside the other half`, `write ${missing}:`);
  }
  return {
    host,
    plainHttp: readBoolean(fields.plainHttp),
    ca: readPems(fields.ca),
    clientCertificate,
    clientKey,
    redirects: readHosts(fields.redirects),
    credentials: readCredentials(fields.credentials),
    tokenHost: readTokenHost(fields.tokenHost),
    pullThrough: readBoolean(fields.pullThrough),
    concurrency: readInteger(fields.concurrency, { least: 1, most: CONCURRENCY_MOST }),
    budget: readBudget(fields.budget),
    timeoutSeconds: readDuration(fields.timeout, { least: 1 }),
    retries: readInteger(fields.retries, { least: 0, most: RETRIES_MOST }),
  };
}

function readPems(value: YamlValue | undefined): string | null {
  const text = readText(value);
  return text === null || value === undefined ? null : (readCertificates([{ text, at: value }])[0] ?? null);
}

/** Reads a reference to a secret as it is, or a path as `file:` with the absolute path. The key itself must not be written here. */
function readClientKey(value: YamlValue | undefined): string | null {
  const text = readText(value);
  if (text === null || value === undefined) return null;
  if (text.includes("-----BEGIN") || isSecretReference(text) || /^(?:env|awssecret):/.test(text)) return readSecretReference(value);
  return readPem(text, value) === null ? null : `file:${resolvePath(value.file, text)}`;
}

function readHosts(value: YamlValue | undefined): string[] {
  return (readTexts(value, { empty: true }) ?? []).flatMap(({ at }) => readHost(at)?.toLowerCase() ?? []);
}

function readHost(value: YamlValue | undefined): string | null {
  const parse = (text: string): string | null => (/^[\w.[\]:-]+$/.test(text) && URL.canParse(`https://${text}`) ? text : null);
  return readParsed(value, parse, { code: "bad-host", fault: "no host name", remedy: "write host or host:port" });
}

/** Reads a host as a URL spells it, for comparison with URLs. */
function readTokenHost(value: YamlValue | undefined): string | null {
  const host = readHost(value);
  return host && new URL(`https://${host}`).host;
}

function readCredentials(value: YamlValue | undefined): string | null {
  const text = readText(value);
  if (text === null || value === undefined || CREDENTIALS.test(text) || parseAwsSecret(text) !== null) return text;
  // The text is not shown, because it may be the password.
  const remedy = `write docker, anonymous, "env:USER,PASSWORD" (in quotes), ecr, ecr:ROLE_ARN or awssecret:///NAME`;
  return reportError(value, "bad-credentials", "found text for credentials that names none of the known sources", remedy);
}
