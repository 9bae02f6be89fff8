import type { RegistrySettings } from "../../watchlist/watch-list.ts";
import type { HostCertificates } from "../credentials/host-certificates.ts";
import { newDispatcher } from "./dispatcher.ts";
import { HostConnection } from "./host-connection.ts";
import { REQUEST_TIMEOUT_MS, RETRIES } from "../limits.ts";
import type { ProxySettings } from "./proxy.ts";
import type { RegistryTraffic } from "../repository-client.ts";
import type { Endpoint } from "../endpoint.ts";
import type { ConnectionSurroundings } from "./surroundings.ts";

export interface ConnectionOptions {
  readonly settings: ReadonlyMap<string, RegistrySettings>;
  readonly proxies: ProxySettings;
  /** PEM of further authorities that every host is trusted by (`NODE_EXTRA_CA_CERTS`), or null. */
  readonly extraAuthorities: string | null;
  /** What lies in `/etc/docker/certs.d/<host>`. */
  readonly certificatesOf: (host: string) => HostCertificates;
  /** When hosts that have a budget were asked by others before, by host: epoch milliseconds, in order. */
  readonly taken?: ReadonlyMap<string, readonly number[]>;
}

/** All hosts of a run, one connection pool an origin, whatever it is asked for. */
export class HostConnections {
  readonly #options: ConnectionOptions;
  readonly #surroundings: ConnectionSurroundings;
  readonly #byOrigin = new Map<string, HostConnection>();
  /** Name that people know the host by → connection, in order of first use. */
  readonly #watched = new Map<string, HostConnection>();

  constructor(options: ConnectionOptions, surroundings: ConnectionSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    surroundings.signal.addEventListener("abort", () => {
      for (const connection of this.#byOrigin.values()) connection.stop();
    });
  }

  /** The connection of a watched registry. */
  watched(endpoint: Endpoint): HostConnection {
    const connection = this.#connect(new URL(endpoint.origin), endpoint.registry);
    this.#watched.set(endpoint.registry, connection);
    return connection;
  }

  /** The connection of a host that a registry sent us to, for tokens or bytes. */
  foreign(url: URL): HostConnection {
    return this.#connect(url, url.host);
  }

  traffic(): RegistryTraffic[] {
    const watched = new Set(this.#watched.values());
    const others = [...this.#byOrigin.values()].filter((connection) => !watched.has(connection) && connection.traffic.requests > 0);
    return [
      ...[...this.#watched].map(([host, connection]) => connection.traffic.read(host)),
      ...others.map((connection) => connection.traffic.read(connection.origin.host)),
    ];
  }

  taken(): ReadonlyMap<string, readonly number[]> {
    return new Map([...this.#watched].flatMap(([host, { taken }]) => (taken === null ? [] : [[host, taken]])));
  }

  /** Why hosts are not asked any more in this run, one line each. */
  left(): string[] {
    return [...this.#byOrigin.values()].flatMap(({ left }) => left ?? []);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byOrigin.values()].map((connection) => connection.close()));
  }

  #connect(url: URL, host: string): HostConnection {
    const known = this.#byOrigin.get(url.origin);
    if (known) return known;
    const { settings, proxies, extraAuthorities, certificatesOf, taken } = this.#options;
    const given = settings.get(host);
    const timeoutMs = given?.timeoutSeconds ? given.timeoutSeconds * 1000 : REQUEST_TIMEOUT_MS;
    const tls = () => {
      const found = certificatesOf(host);
      const authorities = [given?.ca ?? null, extraAuthorities, ...found.authorities].filter((pem) => pem !== null);
      return { authorities, certificate: given?.clientCertificate ?? found.certificate, key: given?.clientKey ?? found.key };
    };
    const connection = new HostConnection(
      new URL(url.origin),
      {
        concurrency: given?.concurrency ?? null,
        budget: given?.budget ?? null,
        taken: taken?.get(host) ?? [],
        timeoutMs,
        retries: given?.retries ?? RETRIES,
      },
      this.#surroundings,
      (reach) => newDispatcher(url.origin, { tls: tls(), proxies, reach, timeoutMs }),
    );
    this.#byOrigin.set(url.origin, connection);
    return connection;
  }
}
