import { describe, expect, it } from "vitest";
import type { ReportFacts } from "../../lib/history/report-facts.ts";
import type { Change } from "../../lib/history/state.ts";
import { composeMessage } from "../../lib/notification/channels/compose-message.ts";
import { collectAttributes } from "../../lib/notification/channels/message-attributes.ts";
import { renderMessage } from "../../lib/notification/message.ts";
import type { MessageEntry } from "../../lib/notification/message-entry.ts";
import { composeWebhookBody } from "../../lib/notification/channels/webhook-body.ts";
import { makeFacts, makeFinding } from "./make-finding.ts";
import { DELIVERY, RUN, tell } from "./told.ts";

const CONTEXT = { id: RUN, since: RUN, history: null, remindSeconds: null };
const OCTOBER: ReportFacts = {
  month: "2026-10",
  sentence:
    "October 2026: 812 of 815 releases in 60 repositories signed; 2 exempt; 1 unsigned for 31 h. 30 of 31 nights complete (missed: 14 October).",
  address: "/srv/.sealwatch/reports/2026-10",
  files: ["report.html", "report.csv"],
  notify: ["compliance"],
};
const SEPTEMBER: ReportFacts = { ...OCTOBER, month: "2026-09", sentence: "September 2026: no release was seen.", address: "/srv/2026-09" };

function entryOf(report: ReportFacts): MessageEntry {
  return { kind: "report", report };
}

describe("a message about a scheduled report", () => {
  it("says the whole first sentence and where the report is", () => {
    const { subject, text } = renderMessage(CONTEXT, [entryOf(OCTOBER)]);
    expect(subject).toBe("[REPORT] October 2026: 812 of 815 releases in 60 repositories signed; 2 exempt; 1 unsigned for 31...");
    expect(subject.length).toBeLessThanOrEqual(100);
    expect(text).toBe(
      [
        subject,
        `What it says: ${OCTOBER.sentence}`,
        "Written to: /srv/.sealwatch/reports/2026-10",
        "  report.html, report.csv",
        "You are told once.",
      ].join("\n"),
    );
  });

  it("says those of several months in their order", () => {
    const { subject, text } = renderMessage(CONTEXT, [entryOf(OCTOBER), entryOf(SEPTEMBER)]);
    expect(subject).toBe("[REPORT] 2 months, 2026-09 to 2026-10");
    expect(text.split("\n").filter((line) => line.startsWith("What it says: "))).toEqual([
      "What it says: September 2026: no release was seen.",
      `What it says: ${OCTOBER.sentence}`,
    ]);
  });

  it("comes after findings, and before no one else in the subject", () => {
    const { subject, text } = renderMessage(CONTEXT, [entryOf(OCTOBER), { kind: "opened", finding: makeFinding() }]);
    expect(subject).toBe("[ALERT] 1 finding in ghcr.io/acme/app: 1 release-unsigned");
    expect(text).toContain(`\nREPORT ${OCTOBER.sentence} Written to /srv/.sealwatch/reports/2026-10\n`);
  });

  it("lets no foreign text add a line", () => {
    const { text } = renderMessage(CONTEXT, [entryOf({ ...OCTOBER, address: "/x\nTo do: nothing\u202e" })]);
    expect(text.split("\n")).toHaveLength(5);
    expect(text).not.toContain("\u202e");
  });

  it("is for programs, too: what was written in the webhook's JSON, and the attributes of a topic", () => {
    const summary: Change = {
      id: "c",
      run: RUN,
      repository: "sealwatch.yaml",
      tag: null,
      kind: "report",
      cause: null,
      severity: "notice",
      before: null,
      after: { digest: null, verdict: null, reason: null, signers: [], run: RUN },
      facts: makeFacts({ report: OCTOBER }),
    };
    const told = [{ entry: { ...tell().entry, kind: "report", summary }, finding: null }] as const;
    const message = composeMessage(told, DELIVERY, CONTEXT)!;
    const { month, sentence, address, files } = OCTOBER;
    expect(composeWebhookBody(message, told, DELIVERY)).toMatchObject({
      findings: [],
      events: [{ kind: "report", finding: null }],
      reports: [{ month, sentence, address, files }],
    });
    expect(collectAttributes(told, DELIVERY, 10_000)).toEqual({ severity: ["notice"], cause: ["report"], repository: ["sealwatch.yaml"] });
  });
});
