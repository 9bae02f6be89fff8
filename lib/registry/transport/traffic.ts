import type { RegistryTraffic } from "../repository-client.ts";

/** The growing counts of one host. */
export class Traffic {
  requests = 0;
  bytes = 0;
  retries = 0;
  throttled = 0;
  milliseconds = 0;

  /** Returns the counts so far, under the name that people know the host by. */
  read(host: string): RegistryTraffic {
    const { requests, bytes, retries, throttled, milliseconds } = this;
    return { host, requests, bytes, retries, throttled, seconds: milliseconds / 1000 };
  }
}
