import { isLoopbackHost } from "./transport/address.ts";
import { profileOf } from "./vendors/profiles.ts";

/** The address of a registry. */
export interface Endpoint {
  /** As people write it: `docker.io`, `registry.internal:5000`. Credentials and settings are found by it. */
  readonly registry: string;
  /** `https://registry-1.docker.io`, without a default port. */
  readonly origin: string;
  /** Host and port of the origin. */
  readonly host: string;
  readonly hostname: string;
  readonly isLoopback: boolean;
}

/**
 * Returns the endpoint of a registry. As in Docker, `plainHttp` null means plain HTTP for loopback registries, and HTTPS for all others.
 */
export function endpointOf(registry: string, plainHttp: boolean | null = null): Endpoint {
  const isLoopback = isLoopbackHost(registry);
  const { servedBy } = profileOf(registry);
  const host = servedBy?.registry === registry ? servedBy.host : registry;
  const url = new URL(`${(plainHttp ?? isLoopback) ? "http" : "https"}://${host}`);
  return { registry, origin: url.origin, host: url.host, hostname: url.hostname, isLoopback };
}
