import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { AuditDocument } from "../lib/audit/audit-document.ts";
import { concludeParts } from "../lib/audit/parts/conclude-parts.ts";
import { deliverLate } from "../lib/audit/parts/deliver-late.ts";
import { findLookAgain } from "../lib/audit/parts/look-again.ts";
import { concurrencyOf } from "../lib/audit/parts/plan-parts.ts";
import type { Part, RunPlan } from "../lib/audit/parts/part.ts";
import type { Coverage } from "../lib/history/run-record.ts";
import type { BrokenChannel } from "../lib/notification/broken-channel-text.ts";
import { formatJson } from "../lib/text/escape.ts";
import type { Channel, WatchList } from "../lib/watchlist/watch-list.ts";
import { openBucket, type ObjectAddress } from "./doors/bucket.ts";
import { openFunctionChannels, withTopic } from "./doors/channels.ts";
import { copyEvidence } from "./doors/copied-evidence.ts";
import { readVariable } from "./doors/environment.ts";
import { readText, type TimeLimit } from "./doors/event.ts";
import { measureRun } from "./doors/measure-run.ts";
import { openHeadSigner } from "./doors/head-signer.ts";
import { loadWatchList, openRecords } from "./doors/open.ts";
import { sendHeartbeat } from "./doors/heartbeat.ts";
import { openRunParts, type RunParts } from "./doors/run-parts.ts";
import { sleep } from "./doors/sleep.ts";
import { ENVIRONMENT, METRIC, METRIC_NAMESPACE } from "../lib/deployment/names.ts";

const logger = new Logger({ serviceName: "sealwatch" });
const [table, topic] = [readVariable(ENVIRONMENT.table), readVariable(ENVIRONMENT.topic)];
// Two deployments in one account have alarms of their own.
const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: table });
const records = openRecords(table);
const bucket = openBucket(readVariable(ENVIRONMENT.bucket));
const signHead = openHeadSigner(readVariable(ENVIRONMENT.signingKey));
const history = `dynamodb://${table}?region=${readVariable("AWS_REGION")}`;
const secondLookSeconds = Number(readVariable(ENVIRONMENT.secondLook));

interface ConcludeResult {
  readonly run: string;
  /** What to read again, and after which time; null where the run is closed. */
  readonly secondLook: { readonly waitSeconds: number; readonly manifest: ObjectAddress; readonly concurrency: number } | null;
  /** Whether a message waits for a channel that did not take it. */
  readonly unsent: boolean;
}

/** The rest of a first night's evidence is copied by the next run. */
const COPYING_ENDS_MILLISECONDS = 120_000;
/** Beside those that are open, were left, or looked at single repositories, a whole one is among so many. */
const RECENT_RUNS = 20;
/** Nobody stops a function but Lambda. */
const NEVER = new AbortController().signal;

/**
 * Concludes a run: `phase: "first"` may ask for a second look at what would be alerted; `"last"` tells and closes; `"late"` offers its
 * messages again to channels that did not take them.
 */
export async function handler(event: unknown, context: TimeLimit): Promise<ConcludeResult> {
  const [run, phase] = [readText(event, "run"), readText(event, "phase")];
  const [record] = await records.store.runs({ limit: 1, before: `${run}~` });
  if (record?.id === run && record.status === "abandoned") {
    logger.warn("a later run has taken over what this one saw, and tells it", { run });
    return { run, secondLook: null, unsent: false };
  }
  const runParts = openRunParts(records.texts, run);
  const plan = await runParts.loadPlan();
  const watchList = withTopic(await loadWatchList(plan.packed, records), topic);
  if (record?.id === run && record.status === "closed") {
    const channels = await openChannels(watchList.channels);
    const broken = await deliverLate(
      plan,
      { clock: () => Date.now(), sleep },
      { store: records.store, channels, openFormer: openChannels },
    );
    logBroken(broken);
    // Whoever closed it may have died before it said so; who comes late knows that it was said. Of an old run nobody waits to hear.
    const isNewest =
      (await records.store.runs({ limit: RECENT_RUNS })).find(({ status, partial }) => status === "closed" && !partial)?.id === run;
    if (isNewest && phase !== "late") await beat(watchList, record.complete);
    if (isNewest) await publish(run, record.coverage, phase === "late");
    return finish(run, context);
  }
  const parts = await loadAll(plan, (repository) => runParts.loadPart(repository));
  const look = phase === "first" ? await findLookAgain(watchList, parts, plan, records.store) : [];
  if (look.length === 0) {
    await close(watchList, plan, parts, runParts);
    return finish(run, context);
  }
  const items = look.map(({ repository, nth, tags }) => ({ run, repository, nth, again: tags }));
  const manifest = await bucket.saveItems(run, "again", items);
  const concurrency = concurrencyOf(
    look.map(({ repository }) => repository),
    watchList,
  );
  return { run, secondLook: { waitSeconds: secondLookSeconds, manifest, concurrency }, unsent: false };
}

async function close(watchList: WatchList, plan: RunPlan, parts: readonly Part[], runParts: RunParts): Promise<void> {
  const [again, channels] = await Promise.all([runParts.loadAgain(), openChannels(watchList.channels)]);
  const ports = { store: records.store, channels, openFormer: openChannels, reports: bucket.reports };
  const concluded = await concludeParts(watchList, { plan, parts, again, clock: () => Date.now(), sleep }, ports);
  logBroken(concluded.broken);
  for (const warning of concluded.warnings) logger.warn(warning);
  await beat(watchList, concluded.document.run.complete);
  await publish(plan.run, concluded.coverage, false);
  logger.info("concluded", { run: plan.run, summary: concluded.document.summary, complete: concluded.document.run.complete });
}

async function beat({ heartbeat }: WatchList, complete: boolean): Promise<void> {
  const unheard = await sendHeartbeat(heartbeat, complete, NEVER);
  if (unheard !== null) logger.warn("the heartbeat was not heard", { reason: unheard });
}

function openChannels(channels: readonly Channel[]): ReturnType<typeof openFunctionChannels> {
  return openFunctionChannels(channels, history, NEVER);
}

function logBroken(broken: readonly BrokenChannel[]): void {
  for (const { channel, reason } of broken) logger.error("channel is broken", { channel, reason });
}

/** What nobody waits for, and what is to be done later. */
async function finish(run: string, context: TimeLimit): Promise<ConcludeResult> {
  const unsent = (await records.store.unsentOutbox()).length > 0;
  try {
    const copied = await copyEvidence(records, bucket, () => context.getRemainingTimeInMillis() < COPYING_ENDS_MILLISECONDS);
    if (copied > 0) logger.info("evidence copied", { run, copied });
  } catch (error) {
    // The table has it, the run is told, and the next one copies what is left.
    logger.error("evidence not copied", { run, reason: error instanceof Error ? error.message : String(error) });
  }
  return { run, secondLook: null, unsent };
}

/**
 * What the world outside of the history sees of a closed run: its summary, its metrics, its signature. Repeated, it is the same, but
 * that it completed is not said again where it is known that it `wasCounted`.
 */
async function publish(run: string, coverage: readonly Coverage[], wasCounted: boolean): Promise<void> {
  const text = await records.store.loadDocument(run);
  if (text !== null) {
    const document = JSON.parse(text) as AuditDocument;
    await bucket.saveSummary(run, `${formatJson(document)}\n`);
    for (const { name, value } of await measureRun({ document, coverage }, records.store, topic))
      if (name !== METRIC.runsCompleted || !wasCounted) metrics.addMetric(name, MetricUnit.NoUnit, value);
    metrics.publishStoredMetrics();
  }
  await keepSignature();
}

/** After the run is told: a key that cannot be used fails the execution, which is told by itself, and the next start signs. */
async function keepSignature(): Promise<void> {
  const signed = await signHead(records.store);
  if (signed !== null) await bucket.saveHead(signed);
}

async function loadAll<T>({ repositories }: RunPlan, load: (repository: string) => Promise<T | null>): Promise<T[]> {
  return (await Promise.all(repositories.map(load))).filter((part) => part !== null);
}
