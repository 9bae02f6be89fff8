import { Logger } from "@aws-lambda-powertools/logger";
import { planParts } from "../lib/audit/parts/plan-parts.ts";
import { SealwatchError } from "../lib/oci/sealwatch-error.ts";
import { unpackWatchList } from "../lib/watchlist/pack-watch-list.ts";
import { openBucket, type ObjectAddress } from "./doors/bucket.ts";
import { readVariable } from "./doors/environment.ts";
import { readTime } from "./doors/event.ts";
import { openRecords } from "./doors/open.ts";
import { openRunParts } from "./doors/run-parts.ts";
import { ENVIRONMENT } from "../lib/audit/parts/function-names.ts";

const logger = new Logger({ serviceName: "sealwatch" });
const records = openRecords(readVariable(ENVIRONMENT.table));
const bucket = openBucket(readVariable(ENVIRONMENT.bucket));
const asset: ObjectAddress = { bucket: readVariable(ENVIRONMENT.watchListBucket), key: readVariable(ENVIRONMENT.watchListKey) };

export interface PlanResult {
  readonly run: string;
  readonly registries: readonly { readonly host: string; readonly manifest: ObjectAddress; readonly concurrency: number }[];
}

/** Opens or resumes the run of a scheduled time and writes what is to be audited, a manifest a registry. */
export async function handler(event: unknown): Promise<PlanResult> {
  const now = readTime(event, "scheduledTime");
  const text = await bucket.loadText(asset);
  const watchList = unpackWatchList(text);
  if (watchList === null)
    throw new SealwatchError("watch-list", `read s3://${asset.bucket}/${asset.key}: it is no watch list of this version`);
  const { plan, registries } = await planParts(watchList, text, now, records);
  await openRunParts(records.texts, plan.run).savePlan(plan);
  logger.info("planned", { run: plan.run, repositories: plan.repositories.length });
  const written = registries.map(async ({ host, repositories, concurrency }, at) => {
    const items = repositories.map((repository) => ({ run: plan.run, repository }));
    return { host, manifest: await bucket.saveItems(plan.run, `registry-${at}`, items), concurrency };
  });
  return { run: plan.run, registries: await Promise.all(written) };
}
