import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Pool as ConnectionPool, ProxyAgent, type Dispatcher } from "undici";
import type { HostCertificates } from "../credentials/host-certificates.ts";
import { newGuardedLookup, type Reach } from "./guarded-lookup.ts";
import { proxyFor, type ProxySettings } from "./proxy.ts";

/** Connections of one origin, kept alive, to addresses within reach only. HTTP/1.1: one request a connection at a time. */
export function newDispatcher(
  origin: string,
  options: { readonly tls: HostCertificates; readonly proxies: ProxySettings; readonly reach: Reach; readonly timeoutMs: number },
): Dispatcher {
  // Loading all authorities takes longer than a night over loopback: only where something is encrypted.
  const secureContext = origin.startsWith("https:") ? newSecureContext(options.tls) : null;
  const tls = secureContext === null ? {} : { secureContext };
  // The reader has its own deadline over headers and body together.
  const common = { allowH2: false, headersTimeout: 0, bodyTimeout: 0, connectTimeout: options.timeoutMs };
  const proxy = proxyFor(new URL(origin), options.proxies);
  // Behind a proxy it is the proxy that resolves names.
  if (proxy !== null) return new ProxyAgent({ uri: proxy, ...common, requestTls: { ...tls, timeout: options.timeoutMs } });
  const guard = options.reach === "anywhere" ? {} : { lookup: newGuardedLookup(options.reach) };
  return new ConnectionPool(origin, { ...common, connect: { ...tls, ...guard, timeout: options.timeoutMs } });
}

/** Own authorities are trusted beside the public ones. Made once an origin: reading all authorities anew for each connection would cost more than the request. */
function newSecureContext({ authorities, certificate, key }: HostCertificates): SecureContext | null {
  if (authorities.length === 0 && certificate === null) return null;
  return createSecureContext({
    ca: [...getCACertificates("default"), ...authorities],
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
  });
}
