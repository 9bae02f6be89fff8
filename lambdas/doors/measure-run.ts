import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import type { ConcludedRun } from "../../lib/audit/parts/conclude-parts.ts";
import { METRIC } from "../../lib/deployment/names.ts";
import type { HistoryStore } from "../../lib/history/store.ts";

interface Measured {
  readonly name: string;
  readonly value: number;
}

/** What alarms and dashboard look at, of a run that was closed. */
export async function measureRun(
  { document, coverage }: Pick<ConcludedRun, "document" | "coverage">,
  store: HistoryStore,
  topic: string,
): Promise<Measured[]> {
  const expected = coverage.reduce((sum, seen) => sum + Math.max(seen.expected, seen.listed ? 0 : 1), 0);
  const judged = coverage.reduce((sum, seen) => sum + seen.judged, 0);
  const unsent = await store.unsentOutbox();
  const ages = unsent.map(({ run }) => (Date.now() - Date.parse(run)) / 1000);
  const { releases, signed, unsigned, untrusted, unknown } = document.summary;
  const alerts = document.findings.filter(({ severity, status }) => severity === "alert" && status === "open").length;
  return [
    { name: METRIC.runsCompleted, value: 1 },
    { name: METRIC.coverage, value: expected === 0 ? 100 : (100 * judged) / expected },
    { name: METRIC.oldestUnsent, value: Math.max(0, ...ages) },
    { name: METRIC.confirmedSubscriptions, value: await countSubscriptions(topic) },
    { name: METRIC.releases, value: releases },
    { name: METRIC.signed, value: signed },
    { name: METRIC.unsigned, value: unsigned },
    { name: METRIC.untrusted, value: untrusted },
    { name: METRIC.unknown, value: unknown },
    { name: METRIC.openAlerts, value: alerts },
  ];
}

async function countSubscriptions(topic: string): Promise<number> {
  const { Attributes } = await new SNSClient({}).send(new GetTopicAttributesCommand({ TopicArn: topic }));
  return Number(Attributes?.["SubscriptionsConfirmed"] ?? 0);
}
