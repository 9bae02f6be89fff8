import { describe, expect, it } from "vitest";
import { formatWatchListDocument, parseWatchListDocument } from "../../lib/watchlist/record/watch-list-document.ts";
import { formatOscal } from "../../lib/report/oscal/format-oscal.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { watch, watchList } from "../audit/night.ts";
import { digest, finding, REPOSITORY } from "../history/examples.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

interface Node {
  readonly [key: string]: unknown;
}
interface Results extends Node {
  readonly uuid: string;
  readonly results: readonly [Node & { readonly observations: readonly Node[]; readonly findings: readonly Node[] }];
}

const signed = { run: octoberNight(1), tag: "v1.0.0", digest: digest("a") };
const nights = Array.from({ length: 31 }, (_, at) => octoberRun(at + 1, { watchList: digest("c") }));
const listed = (controls: readonly string[]) => {
  const text = formatWatchListDocument({ ...watchList(watch(REPOSITORY, "")), controls });
  return new Map([[digest("c"), parseWatchListDocument(text)!]]);
};
const read = (report: ReportModel) => (JSON.parse(formatOscal(report)) as { "assessment-results": Results })["assessment-results"];

/** Every value under a key, anywhere. */
function collect(node: unknown, key: string): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => [...(name === key ? [value] : []), ...collect(value, key)]);
}

describe("a report as OSCAL", () => {
  const open = finding({ id: "OPEN0000", openedAt: octoberNight(5), repository: REPOSITORY });
  const over = { ...open, id: "OVER0000", status: "resolved", resolvedAt: octoberNight(7), resolution: "recovered" } as const;

  it("is one result with an observation a repository, by which signature it is known, and findings with their state", () => {
    const report = octoberReport(factsOf(nights, [signed], { findings: [open, over], watchLists: listed(["sr-4.3", "AC-2(1)"]) }));
    const [result, ...others] = read(report).results;
    expect(others).toEqual([]);
    expect(result).toMatchObject({ title: "October 2026", start: "2026-10-01T00:00:00Z", end: "2026-10-31T23:59:59Z" });
    expect(result["reviewed-controls"]).toEqual({
      "control-selections": [{ "include-controls": [{ "control-id": "sr-4.3" }, { "control-id": "AC-2.1" }] }],
    });
    expect(result.observations).toMatchObject([
      { title: REPOSITORY, collected: octoberNight(31), "relevant-evidence": [{ href: digest("f") }] },
    ]);
    const states = result.findings.map((one) => [one["title"], (one["target"] as Node)["target-id"], collect(one, "state")[0]]);
    expect(states).toEqual(
      ["sr-4.3", "AC-2.1"].flatMap((control) => [
        ["Signatures of releases, October 2026", control, "satisfied"],
        [`release-unsigned: ${REPOSITORY}:v1.4.2`, control, "not-satisfied"],
        [`release-unsigned: ${REPOSITORY}:v1.4.2`, control, "satisfied"],
      ]),
    );
  });

  it("reviews everything where the watch list names no control", () => {
    const [result] = read(octoberReport(factsOf(nights, [signed], { watchLists: listed([]) }))).results;
    expect(result["reviewed-controls"]).toEqual({ "control-selections": [{ "include-all": {} }] });
    expect(collect(result.findings, "target-id")).toEqual(["image-signatures"]);
  });

  it.each([
    ["a release was unsigned", nights, [signed, { ...signed, run: octoberNight(4), verdict: "unsigned", signers: [] }]],
    ["a release is unknown", nights, [{ ...signed, verdict: "unknown", signers: [] }]],
    ["a night was missed", nights.slice(0, 30), [signed]],
    ["a night was not complete", [...nights.slice(0, 30), { ...nights[30]!, complete: false }], [signed]],
    ["nothing was seen", nights, []],
    ["a release is pending", nights, [{ ...signed, verdict: "pending", signers: [] }]],
    ["the history began within the period", nights.slice(20), [{ ...signed, run: octoberNight(21) }]],
  ] as const)("is not satisfied where %s", (_, runs, observations) => {
    const [result] = read(octoberReport(factsOf(runs, observations))).results;
    expect(collect(result.findings[0], "state")).toEqual(["not-satisfied"]);
  });

  it("ends with what was known, and never later", () => {
    const [result] = read(octoberReport(factsOf(nights, [signed]), "2026-10-20T12:00:00Z")).results;
    expect(result["end"]).toBe("2026-10-20T12:00:00Z");
  });

  it("names everything once, and nothing that is not there", () => {
    const document = read(octoberReport(factsOf(nights, [signed], { findings: [open, over] })));
    const uuids = collect(document, "uuid");
    expect(new Set(uuids).size).toBe(uuids.length);
    for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const uuid of [...collect(document, "observation-uuid"), ...collect(document, "subject-uuid")]) expect(uuids).toContain(uuid);
    expect(uuids.map((uuid) => `#${String(uuid)}`)).toContain((document["import-ap"] as Node)["href"]);
  });

  it("is the same whenever it is made", () => {
    const facts = factsOf(nights, [signed], { findings: [open] });
    expect(formatOscal(octoberReport(facts))).toBe(formatOscal(octoberReport(facts)));
  });
});
