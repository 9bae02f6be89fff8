import { parseHTML, type HTMLElement } from "linkedom";
import { beforeAll, describe, expect, it } from "vitest";
import type { RecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatReportJson } from "../../lib/report/format-report-json.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { formatOscal } from "../../lib/report/oscal/format-oscal.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { daysOf, endOf, readPeriod, startOf } from "../../lib/report/report-period.ts";
import { walkReleases, walkRepositoryNights, type ExpectedRelease } from "./dense-answers.ts";
import { history, NOW, PERIODS, recordHistory } from "./sixty-repositories.ts";

let facts: RecordedHistory;
beforeAll(async () => {
  facts = await recordHistory();
}, 240_000);

const DAY_CHARACTERS = "2026-10-01".length;
const WORDS = ["exempt", "pending", "unknown", "untrusted", "unsigned"] as const;

interface Oscal {
  readonly description: string;
  readonly observations: readonly { title: string; props: readonly { name: string; value: string }[] }[];
  readonly findings: readonly { props?: readonly { name: string; value: string }[]; target: { status: { state: string } } }[];
}

function cellsOf(row: HTMLElement): string[] {
  return [...row.querySelectorAll("th,td")].map(({ textContent }) => textContent.trim());
}

/** What must be said of the releases of one repository: how many were what. */
function countWords(releases: readonly ExpectedRelease[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { wrong, state } of releases) counts[wrong ?? state] = (counts[wrong ?? state] ?? 0) + 1;
  return counts;
}

describe.each(PERIODS)("every number is the one that the runs saw, %j", (options) => {
  const period = readPeriod(options, NOW);
  const days = daysOf(period);
  const [from, end] = [startOf(period.from), endOf(period)];
  let report: ReportModel;
  let expected: ExpectedRelease[];
  let byRepository: Map<string, ExpectedRelease[]>;
  beforeAll(() => {
    report = buildReport(facts, period);
    expected = walkReleases(history, from, end, period.asOf);
    byRepository = Map.groupBy(expected, ({ repository }) => repository);
  });

  const open = history.findings.filter(({ opened, resolved }) => opened < end && resolved >= from);
  const hoursOf = ({ opened, resolved }: (typeof open)[number]): number =>
    Math.round((Math.min(resolved, end) - Math.max(opened, from)) / 360_000) / 10;

  it("in JSON: releases, nights of each repository, signers, findings", () => {
    const json = JSON.parse([...formatReportJson(report)].join("")) as ReportModel;
    const shown = json.repositories.flatMap(({ releases }) =>
      releases.map((release) => ({
        repository: release.repository,
        tag: release.tag,
        digest: release.digest,
        firstSeen: release.firstSeen,
        verdict: release.ended?.why ?? release.verdict,
        worst: release.worstVerdict,
        hours: release.unsignedHours,
        wrong: release.wrong,
        signer: release.signers.map(({ signer }) => signer).join(),
        exempt: release.exemption !== null,
        state: release.state,
        lastChecked: release.lastChecked,
        acknowledgedBy: release.acknowledgedBy.join("; "),
      })),
    );
    const byName = (left: { repository: string; tag: string }, right: { repository: string; tag: string }) =>
      `${left.repository} ${left.tag}` < `${right.repository} ${right.tag}` ? -1 : 1;
    expect(shown.toSorted(byName)).toEqual(expected.map(({ signedBy: _signedBy, ...release }) => release).toSorted(byName));
    for (const { repository, nights } of json.repositories) expect(nights).toEqual(walkRepositoryNights(history, repository, days));
    const signers = Map.groupBy(
      expected.flatMap(({ signedBy }) => signedBy),
      (signer) => signer,
    );
    expect(new Map(json.signers.map(({ signer, releases }) => [signer, releases]))).toEqual(
      new Map([...signers].map(([signer, all]) => [signer, all.length])),
    );
    const findings = json.findings.map(
      ({ repository, tag, openedAt, hours, acknowledgements }) =>
        `${repository}:${tag} ${openedAt} ${hours} h ${acknowledgements[0]?.owner ?? "nobody"}`,
    );
    const wanted = open.map((one) => {
      const owner = one.acknowledgedAt <= period.asOf ? one.acknowledgedBy : null;
      return `${one.repository}:${one.tag} ${new Date(one.opened).toISOString().slice(0, 19)}Z ${hoursOf(one)} h ${owner ?? "nobody"}`;
    });
    expect(findings.toSorted()).toEqual(wanted.toSorted());
  });

  it("in the page: each repository's line, its nights, each release's heading, the longest exposures", () => {
    const { document } = parseHTML([...formatHtml(report)].join(""));
    for (const folded of document.querySelectorAll("#releases details")) {
      const name = folded.querySelector("b")!.textContent;
      const own = byRepository.get(name) ?? [];
      const counts = countWords(own);
      const notes = ["unsigned", "untrusted", "exempt", "pending", "unknown"].flatMap((word) =>
        counts[word] === undefined ? [] : [`${counts[word]} ${word}${word.startsWith("un") && word !== "unknown" ? " for a time" : ""}`],
      );
      const line = [`${name}: ${counts["signed"] ?? 0} of ${own.length} signed`, ...notes].join("; ");
      expect(folded.querySelector("summary")!.textContent).toBe(line);
      const shown = [...folded.querySelectorAll("tbody")].flatMap((group) => {
        const [head, ...rows]: HTMLElement[] = [...group.querySelectorAll("tr")];
        return rows.map((row) => `${cellsOf(row)[0]}: ${head!.textContent.trim()}`);
      });
      const wanted = own.map(({ tag, state, signer, verdict, lastChecked }) => ({ tag, state, signer, verdict, lastChecked }));
      expect(shown).toHaveLength(wanted.length);
      for (const { tag, state, signer, verdict, lastChecked } of wanted) {
        const head = shown.find((text) => text.startsWith(`${tag}: `))!;
        expect(head).toContain(`: ${state}${signer === "" ? "" : ` by ${signer}`}`);
        expect(head).toContain(`last checked ${lastChecked.slice(0, DAY_CHARACTERS)}`);
        expect(head.includes("gone from the registry since")).toBe(verdict === "gone");
        expect(head.includes("not watched any more since")).toBe(verdict === "not-watched");
      }
    }
    const tables = [...document.querySelectorAll("table")];
    const nights = tables.find((table) => table.querySelector("caption")?.textContent.startsWith("Releases by repository and night"))!;
    const counted = new Map([...byRepository.keys()].map((name) => [name, walkRepositoryNights(history, name, days)]));
    let lines = 0;
    for (const row of nights.querySelectorAll("tbody tr")) {
      const [name, span, looked, signed, ...numbers] = cellsOf(row);
      const [first, last = first] = span!.split(" to ");
      for (let at = days.indexOf(first!); at <= days.indexOf(last!); at++, lines++) {
        const night = counted.get(name!)![at] ?? null;
        expect(looked).toBe(night === null ? "nobody looked" : night.listed ? "complete list" : "list broke off");
        expect(numbers).toEqual(WORDS.map((word) => (night === null ? "–" : String(night.states[word]))));
        const [least, most = least] = night === null ? [0] : signed!.split(" to ").map(Number);
        expect(night?.states.signed ?? 0).toBeGreaterThanOrEqual(least!);
        expect(night?.states.signed ?? 0).toBeLessThanOrEqual(most!);
      }
    }
    expect(lines).toBe(counted.size * days.length);
    const drawn = [...document.querySelectorAll("#findings svg text")].flatMap(({ textContent }) =>
      textContent.endsWith(" h") ? [textContent] : [],
    );
    const longest = open.map(hoursOf).toSorted((left, right) => right - left);
    expect(drawn).toEqual(longest.slice(0, 40).map((hours) => `${hours} h`));
  });

  it("in OSCAL: each repository's observation, each finding, and no control satisfied", () => {
    const { results } = (JSON.parse(formatOscal(report)) as { "assessment-results": { results: [Oscal] } })["assessment-results"];
    const [result] = results;
    expect(result.description).toBe(report.sentence);
    const propsOf = (props: readonly { name: string; value: string }[] = []) =>
      Object.fromEntries(props.map(({ name, value }) => [name, value]));
    for (const { title, props } of result.observations) {
      const own = byRepository.get(title) ?? [];
      const counts = countWords(own);
      const words = Object.fromEntries(["signed", ...WORDS].map((word) => [word, String(counts[word] ?? 0)]));
      expect(propsOf(props)).toMatchObject({ releases: String(own.length), ...words });
    }
    const [whole, ...findings] = result.findings;
    expect(whole!.target.status.state).toBe("not-satisfied");
    const hours = findings.map(({ props }) => Number(propsOf(props)["hours-open"]));
    const byHours = (left: number, right: number) => left - right;
    expect(hours.toSorted(byHours)).toEqual(open.map(hoursOf).toSorted(byHours));
  });
});
