import { describe, expect, it } from "vitest";
import { acknowledgeFinding, reopenFinding } from "../../lib/history/findings/acknowledge.ts";
import { closeFinding } from "../../lib/history/findings/finding-life.ts";
import { noteStep, stepsOf } from "../../lib/history/findings/finding-steps.ts";
import { finding, NIGHTS } from "./examples.ts";

const NOON = Date.parse("2026-11-19T12:00:00Z");
const request = { until: NOON + 86_400_000, reason: "is being rebuilt", owner: "platform", now: NOON };

describe("the steps of a finding", () => {
  it("say what it was when, and who made it so, from its opening to its end", () => {
    const opened = noteStep(finding({ version: 0 }), { by: "run", at: NIGHTS[1] });
    const taken = acknowledgeFinding({ ...opened, version: 1 }, request);
    const again = noteStep(reopenFinding(taken), { by: "person", at: "2026-11-19T13:00:00.000Z" });
    const over = noteStep(closeFinding(again, "resolved", NIGHTS[2], "recovered"), { by: "run", at: NIGHTS[2] });
    expect(over.steps?.map(({ by, at, status, acknowledgement }) => [by, at, status, acknowledgement?.owner ?? null])).toEqual([
      ["run", NIGHTS[1], "open", null],
      ["person", "2026-11-19T12:00:00.000Z", "acknowledged", "platform"],
      ["person", "2026-11-19T13:00:00.000Z", "open", null],
      ["run", NIGHTS[2], "resolved", null],
    ]);
    expect(over.steps?.at(-1)).toMatchObject({ resolvedAt: NIGHTS[2], resolution: "recovered" });
  });

  it("do not grow where nothing but a reminder changed it", () => {
    const opened = noteStep(finding({ version: 0 }), { by: "run", at: NIGHTS[1] });
    const reminded = { ...opened, version: 1, told: { oncall: NIGHTS[2] } };
    expect(noteStep(reminded, { by: "run", at: NIGHTS[2] })).toBe(reminded);
  });

  it("follow from the finding itself where an older version did not note them", () => {
    const acknowledgement = { until: NIGHTS[3], reason: "later", owner: "platform", at: "2026-11-19T12:00:00.000Z" };
    const old = finding({ acknowledgement, status: "resolved", resolvedAt: NIGHTS[3], resolution: "recovered" });
    expect(stepsOf(old).map(({ by, at, status }) => [by, at, status])).toEqual([
      ["run", NIGHTS[1], "open"],
      ["person", "2026-11-19T12:00:00.000Z", "acknowledged"],
      ["run", NIGHTS[3], "resolved"],
    ]);
    expect(noteStep(old, { by: "run", at: NIGHTS[3] }).steps).toEqual(stepsOf(old));
  });

  it("of a finding that a person's word ended are that person's", () => {
    const at = "2026-11-19T12:00:00.000Z";
    const acknowledgement = { until: NIGHTS[3], reason: "meant", owner: "platform", at };
    const moved = finding({ status: "resolved", resolvedAt: at, acknowledgement, resolution: "acknowledged by platform: meant" });
    expect(stepsOf(moved).map(({ by, status }) => [by, status])).toEqual([
      ["run", "open"],
      ["person", "resolved"],
    ]);
  });
});
