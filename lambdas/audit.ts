import { randomUUID } from "node:crypto";
import { Logger } from "@aws-lambda-powertools/logger";
import { auditAgainInCall, auditInCall } from "../lib/audit/audit-call.ts";
import { createClockCheck } from "../lib/audit/check-clock.ts";
import { noteEvidence } from "../lib/audit/conclude/copy-evidence.ts";
import { openKeptParts } from "../lib/audit/kept-parts.ts";
import { planWork } from "../lib/audit/release-night.ts";
import { checkControls } from "../lib/audit/self-check.ts";
import { ENVIRONMENT } from "../lib/deployment/names.ts";
import { isRunOver } from "../lib/history/stored/run-over.ts";
import { SealwatchError } from "../lib/oci/sealwatch-error.ts";
import { expandPatterns } from "../lib/watchlist/select/expand-patterns.ts";
import { keepAsked } from "./doors/asked-hosts.ts";
import { readVariable } from "./doors/environment.ts";
import { readNumber, readOptionalText, readText, readTexts, readTime, type TimeLimit } from "./doors/event.ts";
import { MANNER } from "./doors/manner.ts";
import { loadWatchList, openRecords } from "./doors/open.ts";
import { openAuditPorts, openClients } from "./doors/ports.ts";

const logger = new Logger({ serviceName: "sealwatch" });
const opened = openRecords(readVariable(ENVIRONMENT.table));
const records = { ...opened, store: noteEvidence(opened, randomUUID) };

/** Time to record what was judged before Lambda stops the function. */
const RECORDING_MILLISECONDS = 90_000;

/** A repository of a run. The function is called again until it is done. */
interface AuditResult {
  readonly run: string;
  readonly repository: string;
  readonly done: boolean;
}

/**
 * Audits one repository, or with `again`, some of its releases a second time. It goes on where an earlier call stopped, and does nothing
 * for a repository that is done, so a repetition costs only what is missing. Without a repository it audits the embedded registry, whose
 * verdicts are known, and fails if one is wrong.
 */
export async function handler(event: unknown, context: TimeLimit): Promise<AuditResult | { readonly run: string }> {
  const run = readText(event, "run");
  const repository = readOptionalText(event, "repository");
  const signal = AbortSignal.timeout(Math.max(1000, context.getRemainingTimeInMillis() - RECORDING_MILLISECONDS));
  if (repository === null) return checkItself(run, signal);
  const kept = openKeptParts(records.texts, run);
  const again = readTexts(event, "again");
  const earlier = again === null ? await kept.loadPart(repository) : null;
  if (earlier?.done) return { run, repository, done: true };
  const { packed, repositories, number } = await kept.loadPlan();
  const watchList = expandPatterns(await loadWatchList(packed, records), repositories);
  const item = planWork(watchList.repositories).find(({ name }) => name === repository);
  if (item === undefined) throw new SealwatchError("usage", `audit ${repository}: it is not on the watch list of this run`);
  const now = readTime(event, "run");
  const opening = await openAuditPorts(watchList, item.entries, records, now, signal, (text) => logger.warn(text));
  // A registry whose clock is wrong stops its own audit only: the conclusion tells that it broke off.
  const check = createClockCheck([item], opening.clients, Date.now);
  const ports = { ...opening, demandClock: () => check.demand() };
  // A version before runs had numbers may have planned it.
  const request = { run, number: number ?? (await records.store.loadRun(run))?.number ?? 0, now, clock: () => Date.now(), manner: MANNER };
  try {
    if (again !== null) {
      await kept.saveAgain(await auditAgainInCall(item, again, watchList, request, ports), readNumber(event, "nth"));
      return { run, repository, done: true };
    }
    const part = await auditInCall(item, watchList, request, ports, earlier);
    const done = await kept.savePart(part);
    logger.info("audited", { run, repository, done, counts: part.summary.counts, warnings: part.warnings });
    return { run, repository, done };
  } catch (error) {
    if (!isRunOver(error)) throw error;
    // Another start has closed the run, or a later run has taken over.
    logger.warn("the run is over", { run, repository });
    return { run, repository, done: true };
  } finally {
    // The requests must be read before the connections close.
    const taken = ports.clients.taken();
    await ports.clients.close();
    await keepAsked(records.texts, taken);
  }
}

async function checkItself(run: string, signal: AbortSignal): Promise<{ readonly run: string }> {
  const clients = openClients(new Map(), signal);
  try {
    const ports = await openAuditPorts(EMPTY, [], records, Date.parse(run), signal, (text) => logger.warn(text));
    await checkControls(clients, ports, Date.parse(run));
    await ports.clients.close();
    return { run };
  } finally {
    await clients.close();
  }
}

const EMPTY = { registries: new Map() } as const;
