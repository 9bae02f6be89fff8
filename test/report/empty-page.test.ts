import { describe, expect, it } from "vitest";
import { formatCsv } from "../../lib/report/format-csv.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { finding, REPOSITORY } from "../history/examples.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

const page = (facts: Parameters<typeof octoberReport>[0]) => [...formatHtml(octoberReport(facts))].join("");

describe("a page with little to say", () => {
  it("says so where nothing is recorded, and draws nothing", () => {
    const html = page(factsOf([], []));
    expect(html).toContain("October 2026: nothing is recorded; the history had not begun.");
    for (const phrase of ["Nothing was found", "did not change", "Nothing was exempt", "No signature was seen", "No release was seen"])
      expect(html).toContain(phrase);
    expect(html).not.toContain("<svg");
    expect([...formatCsv(octoberReport(factsOf([], [])))].join("").split("\r\n")).toHaveLength(2);
  });

  it("is about runs that saw no release", () => {
    expect(page(factsOf([octoberRun(1), octoberRun(2)], []))).toContain("October 2026: no release was seen. 2 of 31 nights complete");
  });

  it("is about a repository that could not be listed from the first night on", () => {
    const open = finding({ cause: "coverage-lost", tag: null, digest: null, openedAt: octoberNight(2), repository: REPOSITORY });
    const coverage = [{ repository: REPOSITORY, listed: false, expected: 0, releases: 0, judged: 0, unknown: 0 }];
    const runs = [1, 2].map((night) => octoberRun(night, { coverage, complete: false }));
    const html = page(factsOf(runs, [], { findings: [open], observations: new Map() }));
    expect(html).toContain("coverage-lost");
    expect(html).toContain(`<b>${REPOSITORY}</b>: 0 of 0 signed`);
  });
});
