import { describe, expect, it } from "vitest";
import { acknowledgeFinding, parseUntil, reopenExpired, reopenFinding } from "../../lib/history/findings/acknowledge.ts";
import type { Finding } from "../../lib/history/state.ts";
import { makeFinding } from "../notification/make-finding.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const request = { until: NOW + 3_600_000, reason: "is being rebuilt", owner: "platform", now: NOW };

describe("--until", () => {
  it.each([
    ["8h", "2026-11-20T20:00:00.000Z"],
    ["3d", "2026-11-23T12:00:00.000Z"],
    ["2026-11-20", "2026-11-20T23:59:59.999Z"],
    ["2027-01-31", "2027-01-31T23:59:59.999Z"],
  ])("%s means %s", (text, until) => {
    expect(new Date(parseUntil(text, NOW)).toISOString()).toBe(until);
  });

  it.each(["2026-11-19", "2026-02-30", "tomorrow", "0d", "-3d", ""])("%s is refused", (text) => {
    expect(() => parseUntil(text, NOW)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});

describe("an acknowledged finding", () => {
  it("keeps who took it on, why and until when, and is open again when the time is over", () => {
    const acknowledged = acknowledgeFinding(makeFinding({ cause: "release-unsigned" }), request);
    expect(acknowledged).toMatchObject({
      status: "acknowledged",
      acknowledgement: { owner: "platform", until: "2026-11-20T13:00:00.000Z" },
    });
    expect(reopenExpired([acknowledged], "2026-11-20T12:59:00Z")).toEqual([]);
    expect(reopenExpired([acknowledged], "2026-11-21T02:00:00Z")).toEqual([{ ...acknowledged, status: "open", acknowledgement: null }]);
  });

  it("can be taken back", () => {
    const acknowledged = acknowledgeFinding(makeFinding({ cause: "release-unsigned" }), request);
    expect(reopenFinding(acknowledged)).toMatchObject({ status: "open", acknowledgement: null });
  });

  it("is over where the tag moved to a signed digest", () => {
    const moved = makeFinding({ cause: "tag-moved" });
    const signed: Finding = { ...moved, after: { ...moved.after, verdict: "signed", reason: null } };
    expect(acknowledgeFinding(signed, request)).toMatchObject({
      status: "resolved",
      resolution: "acknowledged by platform: is being rebuilt",
    });
  });

  it("cannot be one that is resolved", () => {
    const resolved: Finding = { ...makeFinding({ cause: "release-unsigned" }), status: "resolved" };
    expect(() => acknowledgeFinding(resolved, request)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});
