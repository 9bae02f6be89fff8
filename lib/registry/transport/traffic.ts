import type { RegistryTraffic } from "../repository-client.ts";

/** Counts of one host, while they rise. */
export class Traffic {
  requests = 0;
  bytes = 0;
  retries = 0;
  throttled = 0;
  milliseconds = 0;

  /** The counts now, under the name that people know the host by. */
  read(host: string): RegistryTraffic {
    const { requests, bytes, retries, throttled, milliseconds } = this;
    return { host, requests, bytes, retries, throttled, seconds: milliseconds / 1000 };
  }
}
