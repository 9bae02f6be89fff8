import { describe, expect, it } from "vitest";
import { compareCoverage, isEmptied, type CoverageNight } from "../../lib/history/compare/coverage.ts";
import type { RunId } from "../../lib/history/state.ts";
import { NIGHTS, repositoryState } from "./examples.ts";

const tagsOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `v1.${at}.0`);

function coverageNight(more: Partial<CoverageNight> = {}): CoverageNight {
  const tags = tagsOf(50);
  return {
    run: NIGHTS[2],
    unknownForSeconds: 36 * 3600,
    previous: repositoryState(),
    lastListed: NIGHTS[1],
    listing: "complete",
    refused: null,
    recorded: tags.map((tag) => ({ tag, removedSince: null, firstSeen: null })),
    present: new Set(tags),
    unanswered: [],
    ...more,
  };
}

/** The first `removed` of `count` releases are not there tonight; recorded as removed in `removedSince`. */
function gone(removed: number, count: number, removedSince: RunId | null = null): Pick<CoverageNight, "recorded" | "present"> {
  const recorded = tagsOf(count).map((tag, at) => ({ tag, firstSeen: NIGHTS[0], removedSince: at < removed ? removedSince : null }));
  return { recorded, present: new Set(tagsOf(count).slice(removed)) };
}

const lost = repositoryState({ coverageLost: true, lost: ["gone"] });
const unseen = repositoryState({ coverageLost: true, lost: ["incomplete"] });

/** What a night tells: `opened refused`. */
function toldBy(night: CoverageNight): string[] {
  return compareCoverage(night).changes.map(({ kind, loss }) => `${kind} ${loss ?? "everything"}`);
}

describe("a repository that answers", () => {
  it("loses nothing", () => {
    expect(compareCoverage(coverageNight())).toEqual({
      coverageLost: false,
      lost: undefined,
      unansweredSince: null,
      changes: [],
    });
  });
});

describe("a list that is not answered", () => {
  it("waits from the last run that listed the repository", () => {
    const comparison = compareCoverage(coverageNight({ listing: "failed" }));
    expect(comparison).toMatchObject({ coverageLost: false, changes: [], unansweredSince: NIGHTS[1] });
  });

  it("waits from tonight where no run ever listed it", () => {
    const comparison = compareCoverage(coverageNight({ listing: "failed", previous: null, lastListed: null }));
    expect(comparison).toMatchObject({ changes: [], unansweredSince: NIGHTS[2] });
  });

  it("is told once it lasts longer than allowed, and no sooner", () => {
    const previous = repositoryState({ unansweredSince: NIGHTS[0] });
    const told = compareCoverage(coverageNight({ listing: "failed", previous }));
    expect(told).toMatchObject({ lost: ["unanswered"], changes: [{ kind: "opened", since: NIGHTS[0] }], unansweredSince: NIGHTS[0] });
    expect(toldBy(coverageNight({ listing: "failed", previous, unknownForSeconds: 48 * 3600 }))).toEqual([]);
  });

  it("is told where the clock went back behind the last answer", () => {
    expect(toldBy(coverageNight({ listing: "failed", lastListed: NIGHTS[3] }))).toEqual(["opened unanswered"]);
  });

  it("is told the same night where pages came before the failure", () => {
    expect(toldBy(coverageNight({ listing: "incomplete" }))).toEqual(["opened incomplete"]);
  });

  it("is not told twice", () => {
    expect(compareCoverage(coverageNight({ listing: "incomplete", previous: unseen }))).toMatchObject({ coverageLost: true, changes: [] });
  });
});

describe("releases without an answer", () => {
  it("are told once one of them waits longer than allowed", () => {
    expect(toldBy(coverageNight({ unanswered: [NIGHTS[1]] }))).toEqual([]);
    expect(toldBy(coverageNight({ unanswered: [NIGHTS[1], NIGHTS[0]] }))).toEqual(["opened unanswered"]);
  });
});

describe("refused credentials", () => {
  it("are told the same night by one repository of the registry", () => {
    expect(toldBy(coverageNight({ listing: "failed", refused: "told-here" }))).toEqual(["opened refused"]);
  });

  it("are told beside another loss, and silence not beside them", () => {
    const fewer = { ...lost, unansweredSince: NIGHTS[0] };
    expect(toldBy(coverageNight({ listing: "failed", refused: "told-here", previous: fewer }))).toEqual(["opened refused"]);
    const silent = repositoryState({ coverageLost: true, lost: ["unanswered"], unansweredSince: NIGHTS[0] });
    expect(toldBy(coverageNight({ listing: "failed", refused: "told-here", previous: silent }))).toEqual(["opened refused"]);
  });

  it("are not told beside what an older history told in one finding, which ends as a whole", () => {
    const previous = repositoryState({ coverageLost: true });
    expect(toldBy(coverageNight({ listing: "failed", refused: "told-here", previous }))).toEqual([]);
    expect(toldBy(coverageNight({ previous }))).toEqual(["recovered everything"]);
  });

  it("are not told by the others, however long it lasts", () => {
    const previous = repositoryState({ unansweredSince: "2026-01-01T02:00:00Z" });
    expect(compareCoverage(coverageNight({ listing: "failed", refused: "told-elsewhere", previous }))).toMatchObject({
      changes: [],
      coverageLost: false,
      unansweredSince: "2026-01-01T02:00:00Z",
    });
  });
});

describe("releases that are gone from the list", () => {
  it.each([
    [10, 50, null, "exactly a fifth is a clean-up"],
    [11, 50, "opened", "more than a fifth"],
    [9, 20, null, "fewer than ten are a clean-up"],
    [10, 20, "opened", "ten, and more than a fifth"],
    [3, 3, "opened", "all of them"],
    [0, 0, null, "none were known"],
  ] as const)("%i of %i: %s (%s)", (removed, count, change, _why) => {
    expect(toldBy(coverageNight(gone(removed, count)))).toEqual(change === null ? [] : [`${change} gone`]);
  });

  it("are not counted where the list failed", () => {
    expect(toldBy(coverageNight({ ...gone(50, 50), listing: "failed" }))).toEqual([]);
  });

  it("say how many in the explanation", () => {
    expect(compareCoverage(coverageNight(gone(11, 50))).changes).toMatchObject([
      { explanation: "11 of 50 known releases are gone from the tag list" },
    ]);
  });

  it("stay lost on the next night, when they are recorded as removed", () => {
    const comparison = compareCoverage(coverageNight({ ...gone(11, 50, NIGHTS[1]), previous: lost }));
    expect(comparison).toMatchObject({ coverageLost: true, changes: [], lost: ["gone"] });
  });

  it("recover when enough of them are back", () => {
    const night = gone(11, 50, NIGHTS[1]);
    const present = new Set([...night.present, "v1.0.0", "v1.1.0"]);
    expect(compareCoverage(coverageNight({ ...night, present, previous: lost }))).toMatchObject({
      coverageLost: false,
      changes: [{ kind: "recovered", loss: "gone" }],
    });
  });

  it("are no longer missed after 30 days", () => {
    const comparison = compareCoverage(coverageNight({ ...gone(11, 50, "2026-10-01T02:00:00Z"), previous: lost }));
    expect(comparison).toMatchObject({ changes: [{ kind: "recovered" }] });
  });
});

describe("a loss that was told", () => {
  it("recovers when the repository answers again", () => {
    const comparison = compareCoverage(coverageNight({ previous: { ...unseen, unansweredSince: NIGHTS[0] } }));
    expect(comparison).toEqual({
      coverageLost: false,
      lost: undefined,
      unansweredSince: null,
      changes: [{ kind: "recovered", loss: "incomplete", explanation: "the repository answers again", since: null }],
    });
  });

  it("stays while a less bad night is still no answer", () => {
    expect(compareCoverage(coverageNight({ previous: unseen, listing: "failed" }))).toMatchObject({
      coverageLost: true,
      changes: [],
    });
  });
});

describe("a list that names none of the known releases", () => {
  it("has lost all of them, the night they went and while that is told", () => {
    expect(isEmptied(coverageNight(gone(3, 3)))).toBe(true);
    expect(isEmptied(coverageNight({ previous: lost, ...gone(3, 3, NIGHTS[1]) }))).toBe(true);
    expect(isEmptied(coverageNight(gone(2, 3)))).toBe(false);
    expect(isEmptied(coverageNight({ listing: "failed", ...gone(3, 3) }))).toBe(false);
    expect(isEmptied(coverageNight({ recorded: [], present: new Set() }))).toBe(false);
  });

  it("has not lost all once another release is there", () => {
    const { recorded } = gone(3, 3, NIGHTS[1]);
    const more = { recorded: [...recorded, { tag: "v2.0.0", firstSeen: NIGHTS[2], removedSince: null }], present: new Set(["v2.0.0"]) };
    expect(isEmptied(coverageNight({ previous: lost, ...more }))).toBe(false);
    // The lost ones are lost all the same: a new release brings none of them back.
    expect(compareCoverage(coverageNight({ previous: lost, ...more }))).toMatchObject({ coverageLost: true, changes: [] });
  });

  it("is forgotten after 30 days", () => {
    expect(isEmptied(coverageNight({ run: "2027-03-01T02:00:00Z", previous: lost, ...gone(3, 3, NIGHTS[1]) }))).toBe(false);
  });
});
