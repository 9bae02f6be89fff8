import type { HistoryStore } from "../../lib/history/store.ts";
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
import { rememberTokens } from "./remember-tokens.ts";
import { resolveSecret } from "./secret.ts";
import { openSurroundings } from "./surroundings.ts";

const TRUST = { cachePath: "/tmp/sealwatch-trust", timeoutMilliseconds: 5000 } as const;

/** The ports of an audit of these entries, with their trust material. The caller closes the clients. */
export async function openAuditPorts(
  watchList: Pick<WatchList, "registries">,
  entries: readonly WatchedRepository[],
  store: HistoryStore,
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
  const clients = openClients(await withClientKeys(watchList.registries, entries, signal), signal);
  return { store, clients, trust: createTrustStore(roots, now), progress: () => undefined, signal };
}

/** The settings, with the private keys of just those registries that these entries are read from. */
async function withClientKeys(
  settings: WatchList["registries"],
  entries: readonly WatchedRepository[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RegistrySettings>> {
  const hosts = new Set(entries.flatMap(({ repository, signatureRepository }) => [repository.registry, signatureRepository?.registry]));
  const keyed = [...settings.values()].filter(({ host, clientKey }) => clientKey !== null && hosts.has(host));
  if (keyed.length === 0) return settings;
  const readSecret = createSecretReader(openAwsCredentials(signal));
  const resolved = keyed.map(async (setting): Promise<[string, RegistrySettings]> => {
    const where = `registries.${setting.host}.clientKey`;
    return [setting.host, { ...setting, clientKey: await resolveSecret(setting.clientKey ?? "", where, readSecret) }];
  });
  return new Map([...settings, ...(await Promise.all(resolved))]);
}

/** Clients of the registries that the watch list names; without settings, of the embedded one. */
export function openClients(settings: ReadonlyMap<string, RegistrySettings>, signal: AbortSignal): RegistryClients {
  const aws = rememberTokens(openAwsCredentials(signal), Date.now);
  return createRegistryClients({
    ...openSurroundings(signal),
    settings,
    credentials: createCredentialSource({ environment: {}, aws, readSecret: createSecretReader(aws), now: Date.now }),
    proxies: { httpsProxy: null, noProxy: null },
    extraAuthorities: null,
    certificatesOf: () => NO_CERTIFICATES,
  });
}
