import type { Repository } from "../../lib/oci/reference.ts";
import { ANONYMOUS, type Credential } from "../../lib/registry/credentials/credential.ts";
import { NO_CERTIFICATES } from "../../lib/registry/credentials/host-certificates.ts";
import { createRegistryClients, type RegistryClientOptions } from "../../lib/registry/registry-clients.ts";
import type { RegistryClients, RepositoryClient } from "../../lib/registry/repository-client.ts";
import type { RegistrySettings } from "../../lib/watchlist/watch-list.ts";
import { alarmByTurns } from "./alarm-by-turns.ts";

/** A client of one repository, the waits that it asked for, and the registries behind it. */
export interface OpenedClient {
  readonly client: RepositoryClient;
  readonly clients: RegistryClients;
  /** Milliseconds of every wait, in order; none of them was waited for. */
  readonly waits: number[];
}

export function newSettings(host: string, settings: Partial<RegistrySettings> = {}): RegistrySettings {
  return {
    host,
    plainHttp: null,
    ca: null,
    clientCertificate: null,
    clientKey: null,
    redirects: [],
    credentials: null,
    tokenHost: null,
    pullThrough: null,
    concurrency: null,
    budget: null,
    timeoutSeconds: null,
    retries: null,
    ...settings,
  };
}

export function newRepository(registry: string, path = "acme/app"): Repository {
  return { registry, path, name: `${registry}/${path}` };
}

/** Opens registries on a clock that moves only by the waits themselves, which are over at once. */
export function openClients(
  settings: readonly RegistrySettings[] = [],
  options: Partial<RegistryClientOptions> & { readonly credential?: Credential } = {},
): { readonly clients: RegistryClients; readonly waits: number[] } {
  const waits: number[] = [];
  let waited = 0;
  const { credential = ANONYMOUS, ...given } = options;
  const clients = createRegistryClients({
    settings: new Map(settings.map((one) => [one.host, one])),
    credentials: { load: () => Promise.resolve(credential) },
    proxies: { httpsProxy: null, noProxy: null },
    extraAuthorities: null,
    certificatesOf: () => NO_CERTIFICATES,
    random: () => 0.5,
    now: () => 1_790_000_000_000 + waited,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      waited += milliseconds;
      return Promise.resolve();
    },
    alarm: alarmByTurns,
    signal: new AbortController().signal,
    ...given,
  });
  return { clients, waits };
}

/** Opens `acme/app` of one host. */
export function openClient(
  host: string,
  settings: Partial<RegistrySettings> = {},
  options: Partial<RegistryClientOptions> & { readonly credential?: Credential } = {},
): OpenedClient {
  const { clients, waits } = openClients([newSettings(host, settings)], options);
  return { client: clients.of(newRepository(host)), clients, waits };
}
