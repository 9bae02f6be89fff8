import { describe, expect, it, onTestFinished } from "vitest";
import { verifyChain } from "../../lib/history/chain/verify-chain.ts";
import { acknowledgeFinding, reopenFinding } from "../../lib/history/findings/acknowledge.ts";
import { noteStep } from "../../lib/history/findings/finding-steps.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { Finding } from "../../lib/history/state.ts";
import { finding, NIGHTS } from "./examples.ts";

const NOW = Date.parse(NIGHTS[2]);

/** Whether a history is whole in which an open finding that a link covers was replaced by this. */
async function isWholeWith(change: (told: Finding) => Finding): Promise<boolean> {
  const store = openSqliteHistory(":memory:");
  onTestFinished(() => store.close());
  await store.openRun({ id: NIGHTS[0], startedAt: NIGHTS[0], partial: false });
  await store.saveFinding(noteStep(finding({ version: 0 }), { by: "run", at: NIGHTS[0] }), [], NIGHTS[0]);
  const closing = { finishedAt: NIGHTS[0], complete: true, coverage: [], watchList: null, document: "{}", exitCode: 1 };
  await store.closeRun({ id: NIGHTS[0], ...closing });
  const [told] = await store.findings({ live: true });
  await store.saveFinding(change(told!));
  return (await verifyChain(store, { now: NOW })).fault === null;
}

const acknowledgedAt =
  (at: number) =>
  (told: Finding): Finding =>
    acknowledgeFinding(told, { until: NOW + 86_400_000, reason: "known", owner: "kim", now: at });

function closed(told: Finding, status: "resolved" | "withdrawn", resolution: string): Finding {
  const at = NIGHTS[1];
  return noteStep({ ...told, status, resolvedAt: at, resolution }, { by: "person", at });
}

describe("what people said of a finding since the last link", () => {
  it.each([
    ["an acknowledgement", acknowledgedAt(Date.parse(NIGHTS[1]))],
    [
      "an acknowledgement that was taken back",
      (told: Finding) => noteStep(reopenFinding(acknowledgedAt(Date.parse(NIGHTS[1]))(told)), { by: "person", at: NIGHTS[2] }),
    ],
  ])("passes if it is %s", async (_, change) => {
    expect(await isWholeWith(change)).toBe(true);
  });

  it.each<[string, (told: Finding) => Finding]>([
    ["an end that no command writes", (told) => closed(told, "resolved", "recovered")],
    ["an end in a command's words, of what only the registry can mend", (told) => closed(told, "resolved", "acknowledged by kim: known")],
    ["a withdrawal", (told) => closed(told, "withdrawn", "superseded")],
    ["an acknowledgement of a day before the last link", acknowledgedAt(Date.parse(NIGHTS[0]) - 86_400_000)],
    ["an acknowledgement that is still to come", acknowledgedAt(NOW + 86_400_000 / 2)],
  ])("is a fault if it is %s", async (_, change) => {
    expect(await isWholeWith(change)).toBe(false);
  });
});
