import { expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

const watchList = digestOf("a watch list");
const september = { ...octoberRun(1, { watchList }), id: "2026-09-30T02:00:00Z", startedAt: "2026-09-30T02:00:00Z" };

it("says once of a watch list whose text is lost that it is, although it did not change in the period", () => {
  const runs = [{ ...september, finishedAt: "2026-09-30T02:09:00.000Z" }, ...[1, 2, 3].map((day) => octoberRun(day, { watchList }))];
  const { scopeChanges } = octoberReport(factsOf(runs, []));
  expect(scopeChanges).toEqual([
    {
      run: octoberNight(1),
      watchList,
      kind: "unreadable",
      subject: "sealwatch.yaml",
      detail:
        "the same watch list, of which no readable text is kept: what it left out, and exemptions that covered nothing, cannot be told",
    },
  ]);
});

it("says it of the first watch list, and of another after it", () => {
  const other = digestOf("another");
  const runs = [1, 2, 3, 4].map((day) => octoberRun(day, { watchList: day < 3 ? watchList : other }));
  const { scopeChanges } = octoberReport(factsOf(runs, []));
  expect(scopeChanges.map(({ run, detail }) => [run, detail])).toEqual([
    [octoberNight(1), "the first watch list, of which no readable text is kept"],
    [octoberNight(3), "another watch list, of which no readable text is kept"],
  ]);
});
