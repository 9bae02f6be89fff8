import { describe, expect, it } from "vitest";
import { ageFindings, closeFinding, isEventOfSigned, isLive } from "../../lib/history/findings/finding-life.ts";
import type { Finding } from "../../lib/history/state.ts";
import { change, channel, finding } from "./examples.ts";

const CHANNELS = [channel("oncall")];
const DAYS = (n: number): string => `${new Date(Date.parse("2026-11-01T02:00:00Z") + n * 86_400_000).toISOString().slice(0, 19)}Z`;
const SIGNED_AFTER = { ...change().after, verdict: "signed", reason: null } as const;
const MOVE = { cause: "tag-moved", after: SIGNED_AFTER } as const;

/** `resolved: closed after 30 days, told 0`, or nothing where time changed nothing. */
function age(more: Partial<Finding>, run: string): string[] {
  return ageFindings([finding({ openedAt: DAYS(0), ...more })], run, CHANNELS).map(
    ({ finding: { status, resolution, flapping }, outbox }) =>
      `${status}: ${resolution ?? (flapping === null ? "steady" : "flapping")}, told ${outbox.length}`,
  );
}

describe("a finding", () => {
  it("is live while it is open or acknowledged", () => {
    const statuses = ["open", "acknowledged", "resolved", "withdrawn"] as const;
    expect(statuses.map((status) => isLive(finding({ status })))).toEqual([true, true, false, false]);
  });

  it("is an event of what is signed only where nothing in the registry could make it right", () => {
    expect(isEventOfSigned(finding(MOVE))).toBe(true);
    expect(isEventOfSigned(finding({ cause: "tag-moved" }))).toBe(false);
    expect(isEventOfSigned(finding({ cause: "policy-changed", tag: null }))).toBe(true);
    expect(isEventOfSigned(finding({ cause: "coverage-lost", tag: null }))).toBe(false);
  });

  it("says when and why it was closed", () => {
    expect(closeFinding(finding(), "withdrawn", DAYS(3), "superseded")).toMatchObject({
      status: "withdrawn",
      resolvedAt: DAYS(3),
      resolution: "superseded",
    });
  });
});

describe("time alone", () => {
  it("closes an event after more than 30 days, and no state", () => {
    expect(age(MOVE, DAYS(30))).toEqual([]);
    expect(age(MOVE, DAYS(31))).toEqual(["resolved: closed after 30 days, told 0"]);
    expect(age({}, DAYS(400))).toEqual([]);
    expect(age({ cause: "tag-moved" }, DAYS(400))).toEqual([]);
  });

  it("withdraws a finding of a release that is gone for more than 30 days", () => {
    expect(age({ goneSince: DAYS(1) }, DAYS(31))).toEqual([]);
    expect(age({ goneSince: DAYS(1) }, DAYS(32))).toEqual(["withdrawn: its tag is gone for 30 days, told 0"]);
  });

  it("tells the end of what flapped and was good for more than a week", () => {
    const flapping = { since: DAYS(0), lastChange: DAYS(4), isGood: true };
    expect(age({ flapping }, DAYS(11))).toEqual([]);
    expect(age({ flapping }, DAYS(12))).toEqual(["resolved: recovered, and quiet for 7 days, told 1"]);
  });

  it("lets what flapped and stayed bad be an ordinary open finding", () => {
    const flapping = { since: DAYS(0), lastChange: DAYS(4), isGood: false };
    expect(age({ flapping }, DAYS(12))).toEqual(["open: steady, told 0"]);
  });

  it("touches nothing that is closed, or newer than the run that concludes", () => {
    expect(age({ ...MOVE, status: "resolved" }, DAYS(400))).toEqual([]);
    expect(age({ ...MOVE, openedAt: DAYS(9) }, DAYS(2))).toEqual([]);
  });
});
