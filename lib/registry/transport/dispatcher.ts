import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Pool as ConnectionPool, ProxyAgent, type Dispatcher } from "undici";
import type { HostCertificates } from "../credentials/host-certificates.ts";
import { describeRefusedCertificate } from "./describe-certificate.ts";
import { newGuardedLookup, type Reach } from "./guarded-lookup.ts";
import { proxyFor, type ProxySettings } from "./proxy.ts";

interface ConnectOptions {
  readonly tls: HostCertificates;
  readonly proxies: ProxySettings;
  readonly reach: Reach;
  readonly timeoutMs: number;
}

/** Opens the connections of one origin, kept alive, to addresses within reach only. HTTP/1.1: one request at a time for each connection. */
export function newDispatcher(origin: string, options: ConnectOptions): Dispatcher {
  // Loading all authorities takes longer than a night over loopback, so it is done only for HTTPS.
  const secureContext = origin.startsWith("https:") ? newSecureContext(options.tls) : null;
  const tls = secureContext === null ? {} : { secureContext };
  // The reader has its own deadline for headers and body together.
  const common = { allowH2: false, headersTimeout: 0, bodyTimeout: 0, connectTimeout: options.timeoutMs };
  const proxy = proxyFor(new URL(origin), options.proxies);
  // The proxy resolves the names.
  if (proxy !== null) return new ProxyAgent({ uri: proxy, ...common, requestTls: { ...tls, timeout: options.timeoutMs } });
  const guard = options.reach === "anywhere" ? {} : { lookup: newGuardedLookup(options.reach) };
  return new ConnectionPool(origin, { ...common, connect: { ...tls, ...guard, timeout: options.timeoutMs } });
}

/**
 * Describes, for people, why a host's certificate was refused. Behind a proxy nobody else can be connected to, so that the code says it all.
 */
export function explainRefusedCertificate(
  code: string,
  { hostname, port, href }: URL,
  { tls, proxies, reach, timeoutMs }: ConnectOptions,
): Promise<string> {
  if (proxyFor(new URL(href), proxies) !== null) return Promise.resolve(code);
  const lookup = reach === "anywhere" ? undefined : newGuardedLookup(reach);
  const secureContext = newSecureContext(tls) ?? undefined;
  return describeRefusedCertificate(code, { hostname, port: Number(port || 443), lookup, secureContext, timeoutMs });
}

/** Trusts own authorities, too. It is made once for each origin, because reading all authorities costs more than a request. */
function newSecureContext({ authorities, certificate, key }: HostCertificates): SecureContext | null {
  if (authorities.length === 0 && certificate === null) return null;
  return createSecureContext({
    ca: [...getCACertificates("default"), ...authorities],
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
  });
}
