import { describe, expect, it } from "vitest";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { observation, REPOSITORY } from "../history/examples.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

const OTHER = "registry.example/acme/other";
const seen = { listed: true, expected: 1, releases: 1, judged: 1, unknown: 0 };
/** As a run records a repository whose audit failed as a whole: what was there the last time is expected still. */
const failed = { listed: false, expected: 1, releases: 0, judged: 0, unknown: 0 };
const first = observation({ run: octoberNight(1) });
const observations = new Map([
  [REPOSITORY, [first]],
  [OTHER, [first]],
]);

function reportOn(...fifth: readonly (typeof seen)[]) {
  const nights = Array.from({ length: 31 }, (_, at) => {
    const [one, two] = at === 4 ? fifth : [seen, seen];
    const coverage = [
      { repository: REPOSITORY, ...one! },
      { repository: OTHER, ...two! },
    ];
    return octoberRun(at + 1, { coverage, complete: at !== 4 });
  });
  return octoberReport(factsOf(nights, [], { observations }));
}

describe("a night on which the audit of a repository failed as a whole", () => {
  it("counts none of its releases as what they were before", () => {
    const report = reportOn(seen, failed);
    expect(report.nights[4]).toMatchObject({ status: "incomplete", states: { signed: 1, unknown: 0 } });
    expect(report.nights[4]!.why).toBe(`1 repository (${OTHER}) not looked at`);
    expect(report.nights[5]).toMatchObject({ status: "complete", states: { signed: 2 } });
    expect(report.repositories.map(({ nights }) => nights[4]?.states.signed ?? null)).toEqual([1, null]);
    expect(report.sentence).toContain("2 of 2 releases in 2 repositories signed. 30 of 31 nights complete (incomplete: 5 October).");
  });

  it("has no numbers where nothing was seen", () => {
    const report = reportOn(failed, failed);
    expect(report.nights[4]).toMatchObject({ status: "incomplete", states: null });
    expect([...formatHtml(report)].join("")).toMatch(/2026-10-05<\/th><td>incomplete<\/td>.*?<\/td>(<td class=n>–<\/td>){6}/);
  });
});
