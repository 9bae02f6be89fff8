import { REPOSITORY_LIMIT_BYTES } from "../registry/limits.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import { AUDIT_LIMITS, type AuditLimits } from "./audit-limits.ts";
import { auditAgain, auditPart } from "./audit-part.ts";
import type { AuditPorts } from "./audit-ports.ts";
import type { AgainPart, Called, Part, RunManner } from "./part.ts";
import { prepareRun } from "./prepare-run.ts";
import { recallRuns } from "./recall-runs.ts";
import type { WorkItem } from "./release-night.ts";

/** The run that a call works for. */
interface CallRequest {
  readonly run: string;
  /** The number of the run. */
  readonly number: number;
  /** The time that the run is for, epoch milliseconds. */
  readonly now: number;
  /** Reads the time, epoch milliseconds. */
  readonly clock: () => number;
  readonly manner: RunManner;
}

/** Does the work of {@link auditPart} in a call of its own, with what earlier calls left of the repository's budget. */
export async function auditInCall(
  item: WorkItem,
  watchList: WatchList,
  { run, number, now, clock, manner }: CallRequest,
  ports: AuditPorts,
  earlier: Called<Part> | null,
): Promise<Called<Part>> {
  const startedAt = clock();
  const limited = { ...ports, limits: remaining(ports.limits ?? AUDIT_LIMITS, earlier) };
  const prepared = prepareRun(await recallRuns({ id: run, number }, now, ports.store), limited);
  const part = await auditPart(item, watchList, prepared, manner, limited, earlier);
  if (part.done) await prepared.rememberReferrers();
  return {
    ...part,
    warnings: [...part.warnings, ...ports.clients.leftHosts()],
    traffic: [...(earlier?.traffic ?? []), ...ports.clients.traffic()],
    milliseconds: (earlier?.milliseconds ?? 0) + Math.max(0, clock() - startedAt),
  };
}

/** Does the work of {@link auditAgain} in a call of its own. Nothing that the registry said before is remembered. */
export async function auditAgainInCall(
  item: WorkItem,
  tags: readonly string[],
  watchList: WatchList,
  { run, number, now, clock, manner }: CallRequest,
  ports: AuditPorts,
): Promise<Called<AgainPart>> {
  const startedAt = clock();
  const prepared = prepareRun(await recallRuns({ id: run, number }, now, ports.store), ports);
  const again = await auditAgain(item, tags, watchList, prepared, manner, ports);
  return { ...again, traffic: ports.clients.traffic(), milliseconds: Math.max(0, clock() - startedAt) };
}

function remaining(limits: AuditLimits, earlier: Called<Part> | null): AuditLimits {
  const { traffic = [], milliseconds: taken = 0 } = earlier ?? {};
  const spent = (count: "requests" | "bytes"): number => traffic.reduce((sum, host) => sum + host[count], 0);
  const { requests, milliseconds, bytes = REPOSITORY_LIMIT_BYTES } = limits.budget;
  const left = (all: number, part: number): number => Math.max(0, all - part);
  return {
    ...limits,
    budget: {
      requests: left(requests, spent("requests")),
      milliseconds: left(milliseconds, taken),
      bytes: left(bytes, spent("bytes")),
    },
  };
}
