import { describe, expect, it } from "vitest";
import { admitWaiting, nextWaitingLine, readWaitingLine } from "../../../lib/audit/list/waiting-line.ts";

const junk = (night: number): string[] => Array.from({ length: 1000 }, (_, n) => `v${99 + night}.0.${n}`);

describe("the line of new tags that wait", () => {
  it("lets in who waits longest, however much newer junk ranks higher", () => {
    let line: string | undefined;
    const taken = new Set<string>();
    const fresh = ["v1.0.0-1"];
    const nights: number[] = [];
    for (let night = 0; night < 5; night++) {
      const tonight = [...junk(night).toReversed(), ...fresh].filter((tag) => !taken.has(tag));
      const admitted = admitWaiting(tonight, readWaitingLine(line), 1000);
      expect(admitted.size).toBe(Math.min(1000, tonight.length));
      for (const tag of admitted) taken.add(tag);
      if (admitted.has("v1.0.0-1")) nights.push(night);
      const waiting = tonight.filter((tag) => !admitted.has(tag));
      line = nextWaitingLine(line, waiting);
      fresh.splice(0, fresh.length, ...waiting);
    }
    expect(nights).toEqual([1]);
  });

  it("keeps its order, forgets who is gone, and ends when nobody waits", () => {
    const first = nextWaitingLine(undefined, ["a", "b", "c"]);
    const second = readWaitingLine(nextWaitingLine(first, ["d", "c", "b"]));
    expect(["a", "b", "c", "d"].map((tag) => second.placeOf(tag))).toEqual([null, 0, 1, 2]);
    expect(nextWaitingLine(first, [])).toBeUndefined();
  });

  it("stays small enough for one item of DynamoDB, whoever pushes a million tags", () => {
    const line = nextWaitingLine(
      undefined,
      Array.from({ length: 50_000 }, (_, n) => `v${n}.0.0`),
    );
    expect(line!.length).toBeLessThan(60_000);
  });
});
