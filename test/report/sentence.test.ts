import { describe, expect, it } from "vitest";
import { buildReport } from "../../lib/report/build-report.ts";
import { readPeriod } from "../../lib/report/report-period.ts";
import { digest } from "../history/examples.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

const ALL = Array.from({ length: 31 }, (_, at) => octoberRun(at + 1));
const signed = { run: octoberNight(1), tag: "v1.0.0", digest: digest("a") };
const unsigned = { ...signed, verdict: "unsigned", reason: "nothing-found", signers: [], artifacts: [] } as const;
const unknown = { ...unsigned, verdict: "unknown", reason: "timeout" } as const;
const exemption = { reason: "EOL", owner: "platform", ticket: null, until: null };

describe("the first sentence", () => {
  it("counts what was signed and every night", () => {
    expect(octoberReport(factsOf(ALL, [signed])).sentence).toBe(
      "October 2026: 1 of 1 release in 1 repository signed. 31 of 31 nights complete.",
    );
  });

  it("says of a period in which nobody looked that it speaks of what was seen before", () => {
    const november = buildReport(factsOf(ALL, [signed]), readPeriod({ month: "2026-11" }, Date.parse("2026-12-05T00:00:00Z")));
    expect(november.sentence).toMatch(
      /^November 2026: when last seen, 1 of 1 release in 1 repository signed\. 0 of 30 nights complete \(missed: /,
    );
  });

  it("names the night on which nobody looked", () => {
    const runs = ALL.filter(({ id }) => id !== octoberNight(14));
    expect(octoberReport(factsOf(runs, [signed])).sentence).toContain("30 of 31 nights complete (missed: 14 October)");
  });

  it.each([
    ["never came to its end", { status: "abandoned", finishedAt: null }, "missed: 14 October"],
    ["was over a part of the watch list", { partial: true }, "missed: 14 October"],
    ["did not see everything", { complete: false }, "incomplete: 14 October"],
  ] as const)("does not count a night whose run %s as complete", (_, more, note) => {
    const runs = ALL.map((run, at) => (at === 13 ? { ...run, ...more } : run));
    expect(octoberReport(factsOf(runs, [signed])).sentence).toContain(`30 of 31 nights complete (${note})`);
  });

  it("says for how long a release was unsigned, though it is signed since", () => {
    const runs = [...ALL, octoberRun(6, { id: octoberNight(6, 9), startedAt: octoberNight(6, 9) })].toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    const again = { ...signed, run: octoberNight(6, 9) };
    expect(octoberReport(factsOf(runs, [signed, { ...unsigned, run: octoberNight(5) }, again])).sentence).toContain(
      "0 of 1 release in 1 repository signed; 1 unsigned for 31 h. 31",
    );
  });

  it("says that a release still is unsigned, and counts up to the end of the period", () => {
    expect(octoberReport(factsOf(ALL, [signed, { ...unsigned, run: octoberNight(31) }])).sentence).toContain(
      "1 unsigned for 22 h and still so at the end",
    );
  });

  it("goes on counting while the same digest is unknown, and stops where another one is", () => {
    const nights = [signed, { ...unsigned, run: octoberNight(5) }, { ...unknown, run: octoberNight(6) }];
    const same = [...nights, { ...signed, run: octoberNight(8) }];
    const other = [
      ...nights,
      { ...unknown, run: octoberNight(7), digest: digest("b") },
      { ...signed, run: octoberNight(8), digest: digest("b") },
    ];
    expect(octoberReport(factsOf(ALL, same)).sentence).toContain("1 unsigned for 72 h.");
    expect(octoberReport(factsOf(ALL, other)).sentence).toContain("1 unsigned for 48 h.");
  });

  it("calls unsigned what was, and not untrusted, where nobody could tell since the month before; and never says that it still is so", () => {
    const nights = [
      { ...unsigned, run: "2026-09-29T02:00:00Z" },
      { ...unknown, run: "2026-09-30T02:00:00Z" },
    ];
    expect(octoberReport(factsOf(ALL, nights)).sentence).toContain("; 1 unsigned for 744 h and unknown at the end. 31 of 31");
    const other = { ...unsigned, tag: "v2.0.0", run: octoberNight(31) };
    expect(octoberReport(factsOf(ALL, [...nights, other])).sentence).toContain(
      "; 2 unsigned for up to 744 h, 1 still so at the end, 1 unknown at the end. 31 of 31",
    );
  });

  it("calls untrusted what was exempt while it was unsigned", () => {
    const nights = [
      { ...unsigned, exemption },
      { ...unsigned, verdict: "untrusted" as const, run: octoberNight(31) },
    ];
    expect(octoberReport(factsOf(ALL, nights)).sentence).toContain("; 1 untrusted for 22 h and still so at the end.");
  });

  it("counts what is exempt by itself, and what is unknown as neither", () => {
    const legacy = { ...unsigned, tag: "v0.1.0", exemption };
    expect(octoberReport(factsOf(ALL, [legacy, signed, { ...unknown, tag: "v2.0.0" }])).sentence).toContain(
      "1 of 3 releases in 1 repository signed; 1 exempt; 1 unknown.",
    );
  });

  it("keeps to itself what is not watched any more", () => {
    const runs = ALL.map((run, at) => (at < 10 ? run : { ...run, coverage: [] }));
    expect(octoberReport(factsOf(runs, [{ ...unsigned, run: octoberNight(9) }])).sentence).toContain("1 unsigned for 48 h.");
  });

  it("says where the history begins, and where there was none", () => {
    const late = factsOf(ALL.slice(20), [{ ...signed, run: octoberNight(21) }]);
    expect(octoberReport(late).sentence).toContain("11 of 11 nights complete (the history begins on 21 October).");
    expect(octoberReport(factsOf([], [])).sentence).toBe("October 2026: nothing is recorded; the history had not begun.");
    expect(octoberReport(late, "2026-10-10").sentence).toBe("October 2026 so far: nothing is recorded; the history had not begun.");
  });

  it("counts no nights where none is over yet", () => {
    const period = readPeriod({ from: "2026-11-01" }, Date.parse("2026-11-01T01:00:00Z"));
    expect(buildReport(factsOf(ALL, [signed]), period).sentence).toBe(
      "1 November 2026 so far: 1 of 1 release in 1 repository signed. No run of these days has ended yet.",
    );
  });

  it("knows nothing of a run before it was over", () => {
    const facts = factsOf(ALL, [signed, { ...unsigned, run: octoberNight(5) }]);
    expect(octoberReport(facts, "2026-10-05T02:08:59Z").sentence).toContain(
      "1 of 1 release in 1 repository signed. 4 of 4 nights complete.",
    );
    expect(octoberReport(facts, "2026-10-05T02:09:00Z").sentence).toContain("1 unsigned for 0.2 h and still so at the end. 5 of 5 nights");
  });

  it("takes what a broken run found from the next run on", () => {
    const broken = octoberRun(5, { status: "open", finishedAt: null, coverage: [], complete: false });
    const facts = factsOf([...ALL.slice(0, 4), broken, ...ALL.slice(5)], [signed, { ...unsigned, run: octoberNight(5) }]);
    expect(octoberReport(facts, "2026-10-05").sentence).toContain("1 of 1 release in 1 repository signed. 4 of 5 nights");
    expect(octoberReport(facts, "2026-10-06").sentence).toContain("1 unsigned for 46 h");
  });
});
