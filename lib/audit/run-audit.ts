import type { HistoryStore } from "../history/store.ts";
import { describeBrokenChannel } from "../notification/broken-channel-text.ts";
import { isRunOver } from "../history/stored/run-over.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { RegistryClients } from "../registry/repository-client.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import { auditAgain, auditPart } from "./audit-part.ts";
import type { AuditPorts } from "./audit-ports.ts";
import { answerAgain, type AuditAnswer } from "./conclude/answer-again.ts";
import { createClockCheck } from "./check-clock.ts";
import { concludeRun, type ConcludeRequest, type ConclusionPorts } from "./conclude/conclude-run.ts";
import { findLookAgain } from "./conclude/look-again.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import type { AgainPart, Part, RunManner, UnlistedPattern } from "./part.ts";
import { planRun, type PlannedRun, type PlanRequest } from "./plan-run.ts";
import type { WorkItem } from "./release-night.ts";
import { prepareRun } from "./prepare-run.ts";
import { checkControls } from "./self-check.ts";

/** Somebody waits for the answer. So each repository is audited in one part, and no time is given to signatures that may still arrive. */
const MANNER: RunManner = { secondLook: "storms", timeLimit: false };

export interface AuditRequest extends PlanRequest, Pick<ConcludeRequest, "clock" | "wallClock" | "sleep" | "failOn"> {}

export interface RunPorts extends AuditPorts, ConclusionPorts {
  readonly store: HistoryStore;
  readonly controlClients: RegistryClients;
}

/**
 * Runs an audit in one process: it plans, audits every repository, looks again and concludes. If the run is closed already, it returns the
 * recorded document and exit code. Throws SealwatchError if the audit cannot be carried out; then nothing recorded is lost, and the run
 * stays open.
 */
export async function runAudit(given: WatchList, request: AuditRequest, ports: RunPorts): Promise<AuditAnswer> {
  const { store } = ports;
  await checkControls(ports.controlClients, ports, request.now);
  const planned = await planRun(given, request, ports);
  if (planned.record.status === "closed") return answerAgain(planned.record, store);
  try {
    return await auditPlanned(planned, request, ports);
  } catch (error) {
    // Its name is the wrong time, so no later start may go on with it.
    if (error instanceof SealwatchError && error.code === "clock") await store.abandonRun(planned.record.id);
    const record = isRunOver(error) ? await store.loadRun(planned.record.id) : null;
    if (record?.status !== "closed") throw error;
    // Another start was faster. What this one has not recorded by then, the next run sees.
    return answerAgain(record, store);
  }
}

async function auditPlanned(planned: PlannedRun, request: AuditRequest, ports: RunPorts): Promise<AuditAnswer> {
  const { clients } = ports;
  const { watchList } = planned;
  // Whoever names the time says so against all clocks.
  const check = request.scheduled ? null : createClockCheck(planned.items, clients, request.wallClock);
  const parts = await auditItems(watchList, planned, check === null ? ports : { ...ports, demandClock: () => check.demand() });
  const again = await readAgain(watchList, parts, planned, ports);
  const { clock, wallClock, sleep, failOn } = request;
  const traffic = clients.traffic();
  const concluded = await concludeRun(watchList, { plan: planned.plan, parts, again, traffic, clock, wallClock, sleep, failOn }, ports);
  const { document, exitCode } = concluded;
  const warnings = [
    ...planned.plan.unlisted.map(describeUnlisted),
    ...parts.flatMap((part) => part.warnings),
    ...clients.leftHosts(),
    ...(check?.warnings() ?? []),
    ...concluded.warnings,
  ];
  if (failOn === "regression" && document.run.previous === null) warnings.push("no earlier run: nothing can be a regression yet");
  warnings.push(...concluded.broken.map((channel) => `${describeBrokenChannel(channel)}: ${channel.reason}`));
  return { document, exitCode, warnings };
}

async function auditItems(watchList: WatchList, { run, items }: PlannedRun, ports: RunPorts): Promise<Part[]> {
  const prepared = prepareRun(run, ports);
  const audit = (item: WorkItem): Promise<Part> => auditPart(item, watchList, prepared, MANNER, ports, null);
  // A mirror is compared with what is recorded of its source.
  const isMirror = ({ entries }: WorkItem): boolean => entries.some(({ mirrorOf }) => mirrorOf !== undefined);
  const first = await mapConcurrently(
    items.filter((item) => !isMirror(item)),
    audit,
  );
  const byName = new Map([...first, ...(await mapConcurrently(items.filter(isMirror), audit))].map((part) => [part.repository, part]));
  const parts = items.flatMap(({ name }) => byName.get(name) ?? []);
  if (ports.signal.aborted || parts.some(({ done }) => !done)) throw stopped();
  await prepared.rememberReferrers();
  return parts;
}

/** Reads the releases of storms again, one after the other. Nothing that the signature repositories said before is remembered. */
async function readAgain(
  watchList: WatchList,
  parts: readonly Part[],
  { plan, run, items }: PlannedRun,
  ports: RunPorts,
): Promise<AgainPart[]> {
  const again: AgainPart[] = [];
  const prepared = prepareRun(run, ports);
  for (const { repository, tags } of await findLookAgain(watchList, parts, plan, MANNER, ports.store)) {
    const item = items.find(({ name }) => name === repository);
    if (item !== undefined) again.push(await auditAgain(item, tags, watchList, prepared, MANNER, ports));
    if (ports.signal.aborted) throw stopped();
  }
  return again;
}

function describeUnlisted({ pattern, detail, kept }: UnlistedPattern): string {
  return `${pattern}: its repositories could not be listed (${detail}); ${kept === 0 ? "none is audited" : `the ${kept} of the last listing are audited`}`;
}

function stopped(): SealwatchError {
  return new SealwatchError("aborted", "audit: stopped before the end; what was judged is recorded, and the next start goes on");
}
