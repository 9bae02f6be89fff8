import { Logger } from "@aws-lambda-powertools/logger";
import { runIdOf } from "../lib/audit/open-run.ts";
import { ENVIRONMENT } from "../lib/deployment/names.ts";
import { planParts } from "../lib/audit/parts/plan-parts.ts";
import { openBucket, type ObjectAddress } from "./doors/bucket.ts";
import { readVariable } from "./doors/environment.ts";
import { readTime } from "./doors/event.ts";
import { loadPackedWatchList, openRecords, parseWatchList } from "./doors/open.ts";
import { openRunParts } from "./doors/run-parts.ts";

const logger = new Logger({ serviceName: "sealwatch" });
const records = openRecords(readVariable(ENVIRONMENT.table));
const bucket = openBucket(readVariable(ENVIRONMENT.bucket));
const asset: ObjectAddress = { bucket: readVariable(ENVIRONMENT.watchListBucket), key: readVariable(ENVIRONMENT.watchListKey) };

interface PlanResult {
  readonly run: string;
  readonly registries: readonly { readonly host: string; readonly manifest: ObjectAddress; readonly concurrency: number }[];
}

/**
 * Opens or resumes the run of a scheduled time and writes what is to be audited, a manifest a registry. A run that was planned before
 * keeps its plan: it works by the watch list of then, and what it found when it began does not come again.
 */
export async function handler(event: unknown): Promise<PlanResult> {
  const now = readTime(event, "scheduledTime");
  const runParts = openRunParts(records.texts, runIdOf(now));
  const earlier = await runParts.findPlan();
  const text = earlier === null ? await bucket.loadText(asset) : await loadPackedWatchList(earlier.packed, records);
  const watchList = parseWatchList(text, earlier === null ? `s3://${asset.bucket}/${asset.key}` : earlier.packed);
  const { plan, registries } = await planParts(watchList, text, now, records);
  if (earlier === null) await runParts.savePlan(plan);
  logger.info("planned", { run: plan.run, repositories: plan.repositories.length });
  const written = registries.map(async ({ host, repositories, concurrency }, at) => {
    const items = repositories.map((repository) => ({ run: plan.run, repository }));
    return { host, manifest: await bucket.saveItems(plan.run, `registry-${at}`, items), concurrency };
  });
  return { run: plan.run, registries: await Promise.all(written) };
}
