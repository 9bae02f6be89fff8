import { Logger } from "@aws-lambda-powertools/logger";
import { groupWork } from "../lib/audit/group-work.ts";
import { openKeptParts } from "../lib/audit/kept-parts.ts";
import { runIdOf } from "../lib/audit/open-run.ts";
import { planRun, type PlannedRun, type PlanRequest } from "../lib/audit/plan-run.ts";
import { ENVIRONMENT } from "../lib/deployment/names.ts";
import type { RegistryClients } from "../lib/registry/repository-client.ts";
import type { WatchList } from "../lib/watchlist/watch-list.ts";
import { openBucket, type ObjectAddress } from "./doors/bucket.ts";
import { readVariable } from "./doors/environment.ts";
import { readTime, type TimeLimit } from "./doors/event.ts";
import { openRegistries } from "./doors/ports.ts";
import { keepPackedWatchList, loadPackedWatchList, openRecords, parseWatchList } from "./doors/open.ts";

const logger = new Logger({ serviceName: "sealwatch" });
const records = openRecords(readVariable(ENVIRONMENT.table));
const bucket = openBucket(readVariable(ENVIRONMENT.bucket));
const asset: ObjectAddress = { bucket: readVariable(ENVIRONMENT.watchListBucket), key: readVariable(ENVIRONMENT.watchListKey) };

/** Time to write the plan after the registries were asked which repositories they have. */
const PLANNING_ENDS_MILLISECONDS = 30_000;

interface PlanResult {
  readonly run: string;
  readonly registries: readonly { readonly host: string; readonly manifest: ObjectAddress; readonly concurrency: number }[];
}

/**
 * Opens or resumes the run of a scheduled time, and writes what is to be audited, one manifest for each registry. A run that was planned
 * before keeps its plan and its watch list, because the changes that were held when it began cannot be found again.
 */
export async function handler(event: unknown, context: TimeLimit): Promise<PlanResult> {
  const now = readTime(event, "scheduledTime");
  const kept = openKeptParts(records.texts, runIdOf(now));
  const earlier = await kept.findPlan();
  const text = earlier === null ? await bucket.loadText(asset) : await loadPackedWatchList(earlier.packed, records);
  const watchList = parseWatchList(text, earlier === null ? `s3://${asset.bucket}/${asset.key}` : earlier.packed);
  const signal = AbortSignal.timeout(Math.max(1000, context.getRemainingTimeInMillis() - PLANNING_ENDS_MILLISECONDS));
  const clients = await openRegistries(watchList, records, signal);
  const request = { now, scheduled: true, wallClock: Date.now, only: null, ...(earlier !== null && { planned: earlier.repositories }) };
  const planned = await planAndClose(watchList, request, clients);
  const { plan } = planned;
  if (earlier === null) await kept.savePlan({ ...plan, packed: await keepPackedWatchList(text, records) });
  logger.info("planned", { run: plan.run, repositories: plan.repositories.length });
  for (const unlisted of plan.unlisted) logger.warn("the repositories of a pattern could not be listed", { run: plan.run, ...unlisted });
  const written = groupWork(planned, planned.watchList).map(async ({ host, repositories, concurrency }, at) => {
    const items = repositories.map((repository) => ({ run: plan.run, repository }));
    return { host, manifest: await bucket.saveItems(plan.run, `registry-${at}`, items), concurrency };
  });
  return { run: plan.run, registries: await Promise.all(written) };
}

async function planAndClose(watchList: WatchList, request: PlanRequest, clients: RegistryClients): Promise<PlannedRun> {
  try {
    return await planRun(watchList, request, { store: records.store, clients });
  } finally {
    await clients.close();
  }
}
