import { setTimeout as wait } from "node:timers/promises";
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
  const clients = openClients(watchList.registries, signal);
  return { store, clients, trust: createTrustStore(roots, now), progress: () => undefined, signal };
}

/** Clients of the registries that the watch list names; without settings, of the embedded one. */
export function openClients(settings: ReadonlyMap<string, RegistrySettings>, signal: AbortSignal): RegistryClients {
  const aws = openAwsCredentials(signal);
  return createRegistryClients({
    random: () => Math.random(),
    now: () => performance.timeOrigin + performance.now(),
    async sleep(milliseconds, stop) {
      await wait(milliseconds, undefined, { signal: stop });
    },
    signal,
    settings,
    credentials: createCredentialSource({ environment: {}, aws, readSecret: createSecretReader(aws), now: Date.now }),
    proxies: { httpsProxy: null, noProxy: null },
    extraAuthorities: null,
    certificatesOf: () => NO_CERTIFICATES,
  });
}
