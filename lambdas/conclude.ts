import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { AuditDocument } from "../lib/audit/audit-document.ts";
import { concludeInCalls, type ConclusionPhase, type ConclusionStep } from "../lib/audit/conclude/conclude-in-calls.ts";
import { copyEvidence } from "../lib/audit/conclude/copy-evidence.ts";
import { measureRun } from "../lib/audit/conclude/measure-run.ts";
import { ENVIRONMENT, METRIC, METRIC_NAMESPACE } from "../lib/deployment/names.ts";
import type { Coverage } from "../lib/history/run-record.ts";
import { formatJson } from "../lib/text/escape.ts";
import { expandPatterns } from "../lib/watchlist/select/expand-patterns.ts";
import type { Channel } from "../lib/watchlist/watch-list.ts";
import { openBucket, type ObjectAddress } from "./doors/bucket.ts";
import { countSubscriptions, openFunctionChannels, withTopic } from "./doors/channels.ts";
import { readVariable } from "./doors/environment.ts";
import { readPhase, readText, type TimeLimit } from "./doors/event.ts";
import { openHeadSigner } from "./doors/head-signer.ts";
import { sendHeartbeat } from "./doors/heartbeat.ts";
import { MANNER } from "./doors/manner.ts";
import { loadWatchList, openRecords } from "./doors/open.ts";
import { sleep } from "./doors/sleep.ts";

const logger = new Logger({ serviceName: "sealwatch" });
const [table, topic] = [readVariable(ENVIRONMENT.table), readVariable(ENVIRONMENT.topic)];
// Two deployments in one account have separate alarms.
const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: table });
const records = openRecords(table);
const bucket = openBucket(readVariable(ENVIRONMENT.bucket), readVariable(ENVIRONMENT.headsBucket));
const signHeads = openHeadSigner(readVariable(ENVIRONMENT.signingKey), (position, statement) => bucket.claimHead(position, statement));
const history = `dynamodb://${table}?region=${readVariable("AWS_REGION")}`;
const secondLookSeconds = Number(readVariable(ENVIRONMENT.secondLook));

interface ConcludeResult {
  readonly run: string;
  /** What to read again, and after which time; null if the run is closed. */
  readonly secondLook: { readonly waitSeconds: number; readonly manifest: ObjectAddress; readonly concurrency: number } | null;
  /** Whether a message waits for a channel that did not take it. */
  readonly unsent: boolean;
}

/** The next run copies the rest of a first night's evidence. */
const COPYING_ENDS_MILLISECONDS = 120_000;
/** Only Lambda stops a function. */
const NEVER = new AbortController().signal;

/** Takes the next step of a run's conclusion, and announces its result outside of the history. */
export async function handler(event: unknown, context: TimeLimit): Promise<ConcludeResult> {
  const [run, phase] = [readText(event, "run"), readPhase(event)];
  const step = await takeStep(run, phase);
  if (step.kind === "taken-over") {
    logger.warn("a later run has taken over what this one saw, and tells it", { run });
    return { run, secondLook: null, unsent: false };
  }
  if (step.kind === "look-again") {
    const items = step.look.map(({ repository, nth, tags }) => ({ run, repository, nth, again: tags }));
    const manifest = await bucket.saveItems(run, "again", items);
    return { run, secondLook: { waitSeconds: secondLookSeconds, manifest, concurrency: step.concurrency }, unsent: false };
  }
  for (const { channel, reason } of step.broken) logger.error("channel is broken", { channel, reason });
  for (const warning of step.warnings) logger.warn(warning);
  if (step.announce === "run") await beat(step.watchList.heartbeat, step.complete);
  if (step.announce !== "nothing") await publish(run, step.coverage, step.announce === "run");
  return finish(run, context);
}

function takeStep(run: string, phase: ConclusionPhase): Promise<ConclusionStep> {
  return concludeInCalls(
    { run, phase, manner: MANNER, clock: () => Date.now(), sleep },
    {
      ...records,
      reports: bucket.reports,
      signsHeads: true,
      openChannels: (channels: readonly Channel[]) => openFunctionChannels(channels, history, NEVER),
      loadWatchList: async ({ packed, repositories }) =>
        withTopic(expandPatterns(await loadWatchList(packed, records), repositories), topic),
    },
  );
}

async function beat(heartbeat: string | null, complete: boolean): Promise<void> {
  const unheard = await sendHeartbeat(heartbeat, complete, NEVER);
  if (unheard !== null) logger.warn("the heartbeat was not heard", { reason: unheard });
}

/** Publishes the run's summary, metrics and signature. `counts`: it counts the run as completed, which must happen once. */
async function publish(run: string, coverage: readonly Coverage[], counts: boolean): Promise<void> {
  const text = await records.store.loadDocument(run);
  if (text !== null) {
    const document = JSON.parse(text) as AuditDocument;
    if (counts) logger.info("concluded", { run, summary: document.summary, complete: document.run.complete });
    await bucket.saveSummary(run, `${formatJson(document)}\n`);
    const measures = measureRun(document, coverage, await records.store.unsentOutbox(), Date.now());
    const known = { ...measures, confirmedSubscriptions: await countSubscriptions(topic), ...(counts && { runsCompleted: 1 }) };
    for (const [name, value] of Object.entries(known)) metrics.addMetric(METRIC[name as keyof typeof METRIC], MetricUnit.NoUnit, value);
    metrics.publishStoredMetrics();
  }
  // The run is told first. If the key cannot be used, the execution fails, which raises an alarm, and the next start signs.
  for (const signed of await signHeads(records.store)) await bucket.saveHead(signed);
}

/** Copies evidence, for which nobody waits, and reports whether messages are unsent. */
async function finish(run: string, context: TimeLimit): Promise<ConcludeResult> {
  const unsent = (await records.store.unsentOutbox()).length > 0;
  try {
    const isOver = (): boolean => context.getRemainingTimeInMillis() < COPYING_ENDS_MILLISECONDS;
    const copied = await copyEvidence(records, (digest, bytes) => bucket.saveEvidence(digest, bytes), isOver);
    if (copied > 0) logger.info("evidence copied", { run, copied });
  } catch (error) {
    // The table has the evidence, the run is told, and the next run copies what is left.
    logger.error("evidence not copied", { run, reason: error instanceof Error ? error.message : String(error) });
  }
  return { run, secondLook: null, unsent };
}
