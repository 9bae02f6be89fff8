import type { AuditPorts } from "../../lib/audit/audit-ports.ts";
import { openAwsCredentials } from "../../lib/registry/credentials/aws-clients.ts";
import { createCredentialSource } from "../../lib/registry/credentials/credential-source.ts";
import { NO_CERTIFICATES } from "../../lib/registry/credentials/host-certificates.ts";
import { createSecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { createRegistryClients } from "../../lib/registry/registry-clients.ts";
import type { RegistryClients } from "../../lib/registry/repository-client.ts";
import { refreshRoot } from "../../lib/verification/trust/refresh-root.ts";
import { createTrustStore, namedRootsOf, type NamedRoot } from "../../lib/verification/trust/trust-store.ts";
import type { RegistrySettings, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { recallAsked } from "./asked-hosts.ts";
import type { Records } from "../../lib/audit/conclude/copy-evidence.ts";
import { rememberTokens } from "./remember-tokens.ts";
import { resolveSecret } from "./secret.ts";
import { openSurroundings } from "./surroundings.ts";

const TRUST = { cachePath: "/tmp/sealwatch-trust", timeoutMilliseconds: 5000 } as const;

/** Opens the ports of an audit of these entries, with their trust material. The caller closes the clients. */
export async function openAuditPorts(
  watchList: Pick<WatchList, "registries">,
  entries: readonly WatchedRepository[],
  { store, texts }: Records,
  now: number,
  signal: AbortSignal,
  warn: (text: string) => void,
): Promise<AuditPorts> {
  const roots = new Map<string, NamedRoot>();
  for (const name of new Set(entries.flatMap(({ policy }) => namedRootsOf(policy)))) {
    const { root, warning } = await refreshRoot(name, TRUST);
    if (warning !== null) warn(warning);
    roots.set(name, root);
  }
  const hosts = new Set(entries.flatMap(({ repository, signatureRepository }) => [repository.registry, signatureRepository?.registry]));
  const settings = [...watchList.registries.values()].filter(({ host }) => hosts.has(host));
  const clients = openClients(await withClientKeys(settings, signal), signal, await recallAsked(texts, settings));
  return { store, clients, trust: createTrustStore(roots, now), progress: () => undefined, signal };
}

/** Opens the registries whose repositories patterns match. The caller closes them. */
export async function openRegistries(
  { patterns, registries }: Pick<WatchList, "patterns" | "registries">,
  { texts }: Records,
  signal: AbortSignal,
): Promise<RegistryClients> {
  const hosts = new Set(patterns.map(({ pattern }) => pattern.registry));
  const settings = [...registries.values()].filter(({ host }) => hosts.has(host));
  return openClients(await withClientKeys(settings, signal), signal, await recallAsked(texts, settings));
}

/** Returns the settings by host, with the private keys that they name. */
async function withClientKeys(settings: readonly RegistrySettings[], signal: AbortSignal): Promise<ReadonlyMap<string, RegistrySettings>> {
  const readSecret = createSecretReader(openAwsCredentials(signal));
  const resolved = settings.map(async (setting): Promise<[string, RegistrySettings]> => {
    if (setting.clientKey === null) return [setting.host, setting];
    const where = `registries.${setting.host}.clientKey`;
    return [setting.host, { ...setting, clientKey: await resolveSecret(setting.clientKey, where, readSecret) }];
  });
  return new Map(await Promise.all(resolved));
}

/** Opens clients of the registries that the watch list names or, without settings, of the embedded one. */
export function openClients(
  settings: ReadonlyMap<string, RegistrySettings>,
  signal: AbortSignal,
  taken: ReadonlyMap<string, readonly number[]> = new Map(),
): RegistryClients {
  const aws = rememberTokens(openAwsCredentials(signal), Date.now);
  return createRegistryClients({
    ...openSurroundings(signal),
    settings,
    aws,
    credentials: createCredentialSource({ environment: {}, aws, readSecret: createSecretReader(aws), now: Date.now }),
    proxies: { httpsProxy: null, noProxy: null },
    extraAuthorities: null,
    certificatesOf: () => NO_CERTIFICATES,
    taken,
  });
}
