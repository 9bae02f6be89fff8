import type { RegistrySettings } from "../../watchlist/watch-list.ts";
import type { HostCertificates } from "../credentials/host-certificates.ts";
import { ByteBudget } from "./byte-budget.ts";
import { explainRefusedCertificate, newDispatcher } from "./dispatcher.ts";
import { HostConnection } from "./host-connection.ts";
import { CANDIDATES_IN_FLIGHT_BYTES, MANIFESTS_IN_FLIGHT_BYTES, REQUEST_TIMEOUT_MS, RETRIES } from "../limits.ts";
import type { ProxySettings } from "./proxy.ts";
import type { HostClock, RegistryTraffic } from "../repository-client.ts";
import type { Endpoint } from "../endpoint.ts";
import type { ConnectionSurroundings } from "./surroundings.ts";

export interface ConnectionOptions {
  readonly settings: ReadonlyMap<string, RegistrySettings>;
  readonly proxies: ProxySettings;
  /** PEM of further authorities that are trusted for every host (`NODE_EXTRA_CA_CERTS`), or null. */
  readonly extraAuthorities: string | null;
  /** The certificates in `/etc/docker/certs.d/<host>`. */
  readonly certificatesOf: (host: string) => HostCertificates;
  /** When earlier processes asked hosts with a budget, by host: epoch milliseconds, oldest first. */
  readonly taken?: ReadonlyMap<string, readonly number[]>;
  /** The bytes of candidates that are in memory at a time; the limit of the table if absent. */
  readonly candidatesInFlightBytes?: number;
}

/** All hosts of a run, with one connection pool for each origin, and room for what they deliver. */
export class HostConnections {
  /** Bounds the manifests that are being read. */
  readonly manifests = new ByteBudget(MANIFESTS_IN_FLIGHT_BYTES);
  /** Bounds what may be a signature. Whoever has borrowed a manifest may wait for this one, but not the other way round. */
  readonly candidates: ByteBudget;
  readonly #options: ConnectionOptions;
  readonly #surroundings: ConnectionSurroundings;
  readonly #byOrigin = new Map<string, HostConnection>();
  /** The connection of each host by the name that people know, in order of first use. */
  readonly #watched = new Map<string, HostConnection>();

  constructor(options: ConnectionOptions, surroundings: ConnectionSurroundings) {
    this.candidates = new ByteBudget(options.candidatesInFlightBytes ?? CANDIDATES_IN_FLIGHT_BYTES);
    this.#options = options;
    this.#surroundings = surroundings;
    surroundings.signal.addEventListener("abort", () => {
      for (const connection of this.#byOrigin.values()) connection.stop();
    });
  }

  /** Returns the connection of a watched registry. */
  watched(endpoint: Endpoint): HostConnection {
    const connection = this.#connect(new URL(endpoint.origin), endpoint.registry);
    this.#watched.set(endpoint.registry, connection);
    return connection;
  }

  /** Returns the connection of a host that a registry names, for tokens or bytes. */
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

  clocks(): HostClock[] {
    return [...this.#watched].flatMap(([host, { clock }]) => (clock === null ? [] : { host, time: clock }));
  }

  taken(): ReadonlyMap<string, readonly number[]> {
    return new Map([...this.#watched].flatMap(([host, { taken }]) => (taken === null ? [] : [[host, taken]])));
  }

  /** Returns why hosts are not asked any more in this run, one line for each. */
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
      {
        connect: (reach) => newDispatcher(url.origin, { tls: tls(), proxies, reach, timeoutMs }),
        explainCertificate: (code, reach) => explainRefusedCertificate(code, url, { tls: tls(), proxies, reach, timeoutMs }),
      },
    );
    this.#byOrigin.set(url.origin, connection);
    return connection;
  }
}
