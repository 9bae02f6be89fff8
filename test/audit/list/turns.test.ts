import { describe, expect, it } from "vitest";
import { lookedAfter, readTurns } from "../../../lib/audit/list/turns.ts";
import { selectionKey } from "../../../lib/watchlist/select/recheck-turn.ts";
import type { Coverage } from "../../../lib/history/run-record.ts";
import { nightAt, watch } from "../night.ts";

const NIGHTS = 5;
const watched = watch("registry.example/app", "", { recheck: { kind: "rolling", nights: NIGHTS } });
const TAGS = Array.from({ length: 60 }, (_, at) => `1.0.${at}`);

function runAt(n: number, hours = 0): { id: string; now: number } {
  const now = nightAt(n) + hours * 3_600_000;
  return { id: `${new Date(now).toISOString().slice(0, 19)}Z`, now };
}

function covered(looked: Coverage["looked"]): Coverage {
  const counts = { repository: "registry.example/app", listed: true, expected: 0, releases: 0, judged: 0, unknown: 0 };
  return looked === undefined ? counts : { ...counts, looked };
}

/** Nights that saw the repository whole, one after another. */
function after(...nights: number[]): Coverage {
  let coverage: Coverage | null = null;
  for (const n of nights) coverage = covered(lookedAfter([watched], coverage, true, runAt(n)));
  return coverage!;
}

describe("turns", () => {
  it("are all due where nothing is known of earlier runs", () => {
    const turns = readTurns(watched, null, runAt(0));
    expect(TAGS.every((tag) => turns.isDue(tag))).toBe(true);
  });

  it("come once in so many nights, and each night has its own", () => {
    const due = [1, 2, 3, 4, 5].map((n) =>
      TAGS.filter((tag) => readTurns(watched, after(...Array.from({ length: n }, (_, at) => at)), runAt(n)).isDue(tag)),
    );
    expect(due.flat().toSorted()).toEqual(TAGS.toSorted());
    expect(Math.max(...due.map(({ length }) => length))).toBeLessThan(30);
  });

  it("that fell into missed nights are due in the next one", () => {
    const due = TAGS.filter((tag) => readTurns(watched, after(0, 1), runAt(4)).isDue(tag));
    // One after another, the same three nights have the same turns.
    const each = [2, 3, 4].flatMap((n) => {
      const before = after(...Array.from({ length: n }, (_, at) => at));
      return TAGS.filter((tag) => readTurns(watched, before, runAt(n)).isDue(tag));
    });
    expect(due.toSorted()).toEqual(each.toSorted());
  });

  it("do not come twice on a day with two runs", () => {
    const turns = readTurns(watched, after(0, 1), runAt(1, 3));
    expect(TAGS.filter((tag) => turns.isDue(tag))).toEqual([]);
  });

  it("are all due when the clock was set back", () => {
    const turns = readTurns(watched, after(9), runAt(3));
    expect(TAGS.every((tag) => turns.isDue(tag))).toBe(true);
  });

  it("say which run last looked, and a night that did not see the repository whole changes nothing of it", () => {
    const coverage = after(0, 1);
    const broken = covered(lookedAfter([watched], coverage, false, runAt(2)));
    expect(broken.looked).toEqual(coverage.looked);
    const turns = readTurns(watched, broken, runAt(2));
    expect(new Set(TAGS.map((tag) => turns.lastLooked(tag)))).toEqual(new Set([runAt(0).id, runAt(1).id]));
  });

  it("begin with the last night where every night looked at everything before", () => {
    const nightly = { ...watched, recheck: { kind: "nightly" } } as const;
    const coverage = covered(lookedAfter([nightly], null, true, runAt(0)));
    const turns = readTurns(watched, coverage, runAt(1));
    expect(TAGS.filter((tag) => turns.isDue(tag)).length).toBeLessThan(30);
    expect(turns.lastLooked(TAGS[0]!)).toBe(runAt(0).id);
  });

  it("of another selection are not known", () => {
    const other = { ...watched, tags: { ...watched.tags, exclude: ["x"] } };
    expect(selectionKey(other)).not.toBe(selectionKey(watched));
    expect(readTurns(other, after(0, 1), runAt(2)).lastLooked(TAGS[0]!)).toBeNull();
  });
});
