import { readFileSync } from "node:fs";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { createCredentialSource } from "../../lib/registry/credentials/credential-source.ts";
import { loadHostCertificates, NO_CERTIFICATES } from "../../lib/registry/credentials/host-certificates.ts";
import type { SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { createRegistryClients } from "../../lib/registry/registry-clients.ts";
import type { RegistryClients } from "../../lib/registry/repository-client.ts";
import type { RegistrySettings } from "../../lib/watchlist/watch-list.ts";
import { openAws } from "./aws.ts";
import { resolveSecret } from "./secrets.ts";
import { openSurroundings } from "./surroundings.ts";

const DOCKER_CERTIFICATES = "/etc/docker/certs.d";

/** Opens the registries of a run as the watch list and the environment say. */
export async function openRegistries(
  settings: ReadonlyMap<string, RegistrySettings>,
  signal: AbortSignal,
  aws = openAws(signal),
): Promise<RegistryClients> {
  const { env } = process;
  const surroundings = openSurroundings(signal);
  const withKeys = await Promise.all([...settings].map(async ([host, setting]) => [host, await withKey(setting, aws.readSecret)] as const));
  return createRegistryClients({
    ...surroundings,
    settings: new Map(withKeys),
    aws: aws.port,
    credentials: createCredentialSource({ environment: env, aws: aws.port, readSecret: aws.readSecret, now: surroundings.now }),
    proxies: { httpsProxy: env["HTTPS_PROXY"] ?? env["https_proxy"] ?? null, noProxy: env["NO_PROXY"] ?? env["no_proxy"] ?? null },
    extraAuthorities: readAuthorities(env["NODE_EXTRA_CA_CERTS"]),
    certificatesOf: (host) => loadHostCertificates(DOCKER_CERTIFICATES, host),
  });
}

/** Opens the embedded registry of the self-check. The environment does not affect it. */
export function openControlRegistry(signal: AbortSignal): RegistryClients {
  return createRegistryClients({
    ...openSurroundings(signal),
    settings: new Map(),
    credentials: { load: () => Promise.resolve({ kind: "anonymous" }) },
    proxies: { httpsProxy: null, noProxy: null },
    extraAuthorities: null,
    certificatesOf: () => NO_CERTIFICATES,
  });
}

async function withKey(setting: RegistrySettings, readSecret: SecretReader): Promise<RegistrySettings> {
  if (setting.clientKey === null) return setting;
  return { ...setting, clientKey: await resolveSecret(setting.clientKey, `registries.${setting.host}.clientKey`, readSecret) };
}

/** Reads the extra authorities as Node does. If they cannot be read, that is an error before the first request fails. */
function readAuthorities(path: string | undefined): string | null {
  if (path === undefined || path === "") return null;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SealwatchError("usage", `NODE_EXTRA_CA_CERTS: ${path} cannot be read`, { cause: error });
  }
}
