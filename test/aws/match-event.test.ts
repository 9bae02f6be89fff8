import { describe, expect, it } from "vitest";
import { matchEvent } from "./match-event.ts";

const EVENT = { source: "aws.states", resources: ["a", "b"], detail: { status: "FAILED", name: "night-1" } };

describe("a pattern", () => {
  it.each<[Record<string, unknown>, boolean]>([
    [{ source: ["aws.states"], detail: { status: ["FAILED", "TIMED_OUT"] } }, true],
    [{ source: ["aws.states"], detail: { status: ["ABORTED"] } }, false],
    [{ resources: ["b"] }, true],
    [{ detail: { name: [{ prefix: "night-" }] } }, true],
    [{ detail: { name: [{ suffix: "-2" }] } }, false],
    [{ detail: { cause: [{ exists: false }] } }, true],
    [{ detail: { status: [{ "anything-but": ["SUCCEEDED"] }] } }, true],
    [{ detail: { status: { deeper: ["x"] } } }, false],
  ])("%j fits: %s", (pattern, fits) => {
    expect(matchEvent(pattern, EVENT)).toBe(fits);
  });

  it("with an operator that is not known is an error", () => {
    expect(() => matchEvent({ source: [{ wildcard: "aws.*" }] }, EVENT)).toThrow("wildcard is not supported");
  });
});
