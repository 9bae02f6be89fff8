import { lookup as resolveName, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { classifyAddress, isAddress, type AddressClass } from "./address.ts";
import { REFUSED_ADDRESS } from "./response-reader.ts";

/**
 * The addresses that a connection may lead to. `anywhere` is for hosts that the watch list names; for others, only public addresses, and
 * those of the registry's own kind if it is private or loopback. Link-local ones never.
 */
export type Reach = "anywhere" | "public" | "private" | "loopback";

function isWithinReach(address: string, reach: Reach): boolean {
  const found: AddressClass = classifyAddress(address);
  return reach === "anywhere" || found === "public" || found === reach;
}

/** Reports whether a host that is written as an address is out of reach. Names are judged when they are resolved. */
export function isRefusedLiteral(hostname: string, reach: Reach): boolean {
  return isAddress(hostname) && !isWithinReach(hostname, reach);
}

/**
 * Returns a lookup that resolves a name for a connection and judges every address of the answer. The connection goes to these addresses, so
 * a name that changes between two look-ups gains nothing.
 */
export function newGuardedLookup(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => {
      if (error) return callback(error, []);
      if (addresses.length === 0 || !addresses.every(({ address }) => isWithinReach(address, reach))) {
        return callback(Object.assign(new Error("an address out of reach"), { code: REFUSED_ADDRESS }), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

/** Finds the least public kind among the addresses of a host: `public` if it cannot be resolved. */
export function findReach(hostname: string): Promise<Reach> {
  return new Promise((resolve) => {
    resolveName(hostname.replace(/^\[|\]$/g, ""), { all: true }, (error, addresses) => {
      const found = new Set(error ? [] : addresses.map(({ address }) => classifyAddress(address)));
      resolve(found.has("loopback") ? "loopback" : found.has("private") ? "private" : "public");
    });
  });
}
