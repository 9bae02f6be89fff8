import { join } from "node:path";
import { AUDIT_LIMITS, type AuditLimits } from "../../lib/audit/audit-limits.ts";
import type { AuditDocument } from "../../lib/audit/audit-document.ts";
import type { AuditPorts } from "../../lib/audit/audit-ports.ts";
import type { ChannelPort, ToldEntry } from "../../lib/notification/channels/delivery-port.ts";
import type { FailOn } from "../../lib/audit/exit-code.ts";
import { runAudit, type RunPorts } from "../../lib/audit/run-audit.ts";
import type { ReportPort } from "../../lib/scheduled-reports/report-port.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import { NO_CERTIFICATES } from "../../lib/registry/credentials/host-certificates.ts";
import { createRegistryClients, type RegistryClientOptions } from "../../lib/registry/registry-clients.ts";
import type { RegistryClients } from "../../lib/registry/repository-client.ts";
import { createTrustStore, type TrustStore } from "../../lib/verification/trust/trust-store.ts";
import { watchBySigner } from "../../lib/watchlist/watch-by-signer.ts";
import type { Channel, WatchedRepository, WatchList } from "../../lib/watchlist/watch-list.ts";
import { alarmByTurns } from "../registry/alarm-by-turns.ts";

/** The n-th night of a test, at two in the morning. */
export function nightAt(n: number): number {
  return Date.parse("2026-11-01T02:00:00Z") + n * 86_400_000;
}

/** A time-out for what hangs in a test. */
export const IMPATIENCE_SECONDS = 0.15;
const PATIENCE_SECONDS = 20;

/** Registry clients that wait for nothing but an answer. */
export function openClients(
  retries = 1,
  timeoutSeconds = PATIENCE_SECONDS,
  isCache: (host: string) => boolean = () => false,
  options: Partial<RegistryClientOptions> = {},
): RegistryClients {
  const settings = new Map<string, never>();
  const surroundings = {
    random: () => 0,
    now: () => performance.now(),
    sleep: () => Promise.resolve(),
    alarm: alarmByTurns,
    signal: new AbortController().signal,
  };
  return createRegistryClients({
    ...surroundings,
    settings: new Proxy(settings, {
      get: (target, key) =>
        key === "get" ? (host: string) => settingsOf(host, retries, timeoutSeconds, isCache(host)) : Reflect.get(target, key),
    }),
    credentials: { load: () => Promise.resolve({ kind: "anonymous" }) },
    proxies: { httpsProxy: null, noProxy: null },
    extraAuthorities: null,
    certificatesOf: () => NO_CERTIFICATES,
    ...options,
  });
}

function settingsOf(host: string, retries: number, timeoutSeconds: number, pullThrough: boolean) {
  return {
    host,
    plainHttp: null,
    ca: null,
    clientCertificate: null,
    clientKey: null,
    redirects: [],
    credentials: null,
    tokenHost: null,
    pullThrough,
    concurrency: null,
    budget: null,
    timeoutSeconds,
    retries,
  };
}

/** An entry of the watch list for a repository, signed by one key. */
export function watch(name: string, pem: string, changes: Partial<WatchedRepository> = {}): WatchedRepository {
  const parsed = parseRepository(name);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  const signer = { kind: "key", name: "release", pem, source: "release.pub", until: null } as const;
  return { ...watchBySigner(parsed.repository, signer), ...changes };
}

/** For plans that have no repositories to find: nothing may be asked. */
export const NO_CLIENTS: Pick<RegistryClients, "of" | "listRepositories"> = {
  of: () => {
    throw new Error("asked a registry");
  },
  listRepositories: () => Promise.reject(new Error("asked a registry")),
};

export const CHANNEL: Channel = { kind: "terminal", name: "terminal", severity: "notice", owner: null, remindSeconds: null };

export function watchList(...repositories: WatchedRepository[]): WatchList {
  return {
    path: "/sealwatch.yaml",
    repositories,
    patterns: [],
    policies: new Map(repositories.map(({ policy }) => [policy.name, policy])),
    registries: new Map(),
    exemptions: [],
    channels: [CHANNEL],
    heartbeat: null,
    storm: { share: 0.2, least: 10 },
    reports: [],
    controls: [],
  };
}

/** Scheduled reports as they were written, by `2026-10/report.html`. */
export class ReportShelf implements ReportPort {
  readonly files = new Map<string, string>();

  save(month: string, file: string, text: string | Iterable<string>): Promise<void> {
    this.files.set(`${month}/${file}`, typeof text === "string" ? text : [...text].join(""));
    return Promise.resolve();
  }

  addressOf(month: string): string {
    return `/reports/${month}`;
  }
}

export interface Night {
  readonly document: AuditDocument;
  readonly exitCode: number;
  readonly told: readonly ToldEntry[];
  readonly warnings: readonly string[];
}

export interface NightOptions {
  readonly trust?: TrustStore;
  readonly retries?: number;
  readonly timeoutSeconds?: number;
  readonly failOn?: FailOn;
  readonly now?: number;
  readonly told?: ToldEntry[];
  readonly progress?: AuditPorts["progress"];
  /** Happens when a repository was audited, before anything is concluded. */
  readonly afterAudit?: () => void;
  readonly limits?: AuditLimits;
  readonly only?: readonly string[];
  /** Hosts that the watch list calls caches of other registries. */
  readonly caches?: readonly string[];
  /** What else the clients of the watched registries are opened with. */
  readonly registries?: Partial<RegistryClientOptions>;
  /** So many milliseconds after its time it ends. */
  readonly takes?: number;
  readonly remindSeconds?: number;
  /** What else hears, by name. */
  readonly channels?: readonly ChannelPort[];
  readonly reports?: ReportPort;
  /** Nobody named the time: it is what this machine's clock says. */
  readonly unnamed?: true;
  /** The door signs the head of the chain after each run. */
  readonly signsHeads?: true;
}

/** Nothing waits in a test: whoever else is at work gets a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** One night over a watch list, with the door's ports and a channel that listens. */
export async function auditNight(list: WatchList, store: HistoryStore, n: number, options: NightOptions = {}): Promise<Night> {
  const told = options.told ?? [];
  const heard = { ...CHANNEL, remindSeconds: options.remindSeconds ?? null };
  const channel: ChannelPort = { channel: heard, send: (entries) => Promise.resolve(void told.push(...entries)) };
  const [clients, controlClients] = [
    openClients(options.retries ?? 0, options.timeoutSeconds, (host) => options.caches?.includes(host) === true, options.registries),
    openClients(0),
  ];
  const now = options.now ?? nightAt(n);
  try {
    const trust = options.trust ?? createTrustStore(new Map(), now);
    const ports: RunPorts = {
      store,
      trust,
      clients,
      controlClients,
      channels: [channel, ...(options.channels ?? [])],
      reports: options.reports ?? new ReportShelf(),
      signsHeads: options.signsHeads ?? false,
      openFormer: (channels) => Promise.resolve(channels.map((former) => ({ ...channel, channel: former }))),
      progress(event) {
        options.progress?.(event);
        if (event.phase === "recorded") options.afterAudit?.();
      },
      signal: new AbortController().signal,
      limits: options.limits ?? AUDIT_LIMITS,
    };
    const request = {
      now,
      scheduled: options.unnamed === undefined,
      only: options.only ?? null,
      failOn: options.failOn ?? "unknown",
      clock: () => now + (options.takes ?? 0),
      wallClock: () => now,
      sleep: nextTurn,
    } as const;
    return { ...(await runAudit(list, request, ports)), told };
  } finally {
    await Promise.all([clients.close(), controlClients.close()]);
  }
}

/** A history that lives as long as its test. */
export function openMemory(): HistoryStore {
  return openSqliteHistory(":memory:");
}

/** A folder of images that released tools signed. */
export function fixturePath(name: string): string {
  return join(import.meta.dirname, "..", "fixtures", name);
}

/** `1.0.0 signed`, `1.0.1 unsigned/nothing-found`: what an audit said, for comparison. */
export function verdictsOf({ document }: Night): string[] {
  return document.releases.map(({ tag, verdict, reason }) => `${tag} ${verdict}${reason === null ? "" : `/${reason}`}`);
}
