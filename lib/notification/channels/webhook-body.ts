import type { ReportFacts } from "../../history/report-facts.ts";
import type { BrokenChannel } from "../broken-channel-text.ts";
import type { Delivery, ToldEntry } from "./delivery-port.ts";
import { formatFindingDocument, type FindingDocument } from "../finding-document.ts";
import { WEBHOOK_FINDINGS_LIMIT } from "../limits.ts";
import type { Message } from "../message-entry.ts";

/** The body of a webhook. Fields may be added, but never renamed. */
export interface WebhookDocument {
  /** The run that delivers. */
  readonly run: { readonly id: string };
  readonly subject: string;
  readonly text: string;
  /** In the form of `audit --json`, each finding once, at most {@link WEBHOOK_FINDINGS_LIMIT}. */
  readonly findings: readonly FindingDocument[];
  readonly findingsLeftOut: number;
  /** The kind of each entry, its finding (null if it has none, as for a first audit) and its run. */
  readonly events: readonly { readonly kind: string; readonly finding: string | null; readonly run: string }[];
  /** The scheduled reports that were written: the month (`2026-10`), the first sentence, and the location of the files. */
  readonly reports: readonly Omit<ReportFacts, "notify">[];
  /** Other channels that do not take their messages. */
  readonly brokenChannels: readonly BrokenChannel[];
}

/** Composes the body of a webhook for one message. */
export function composeWebhookBody({ subject, text }: Message, told: readonly ToldEntry[], delivery: Delivery): WebhookDocument {
  const shown = told.slice(0, WEBHOOK_FINDINGS_LIMIT);
  const findingsOf = (entries: readonly ToldEntry[]) => new Map(entries.flatMap(({ finding }) => (finding ? [[finding.id, finding]] : [])));
  const findings = findingsOf(shown);
  return {
    run: { id: delivery.run },
    subject,
    text,
    findings: [...findings.values()].map(formatFindingDocument),
    findingsLeftOut: findingsOf(told).size - findings.size,
    events: shown.map(({ entry, finding }) => ({ kind: entry.kind, finding: finding?.id ?? null, run: entry.run })),
    reports: shown.flatMap(({ entry }) => {
      const report = entry.kind === "report" ? entry.summary?.facts.report : undefined;
      if (report === undefined) return [];
      const { month, sentence, address, files } = report;
      return [{ month, sentence, address, files }];
    }),
    brokenChannels: delivery.broken,
  };
}
