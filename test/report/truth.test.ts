import { parseHTML, type HTMLElement } from "linkedom";
import { beforeAll, describe, expect, it } from "vitest";
import type { RecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { formatCsv } from "../../lib/report/format-csv.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { daysOf, endOf, readPeriod, startOf } from "../../lib/report/report-period.ts";
import { walkNights, walkReleases, type ExpectedRelease } from "./dense-answers.ts";
import { readCsv } from "./read-csv.ts";
import { history, NOW, PERIODS, recordHistory } from "./sixty-repositories.ts";

let facts: RecordedHistory;
beforeAll(async () => {
  facts = await recordHistory();
}, 240_000);

function readTable(table: Pick<HTMLElement, "querySelector" | "querySelectorAll">): { caption: string; rows: string[][] } {
  const rows = [...table.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("th,td")].map(({ textContent }) => textContent.trim()),
  );
  return { caption: table.querySelector("caption")?.textContent ?? "", rows };
}

describe.each(PERIODS)("a report on sixty repositories, %j", (options) => {
  const period = readPeriod(options, NOW);
  const days = daysOf(period);
  const end = endOf(period);
  let report: ReportModel;
  let expected: ExpectedRelease[];
  beforeAll(() => {
    report = buildReport(facts, period);
    expected = walkReleases(history, startOf(period.from), end, period.asOf);
  });

  it("says of every release in its CSV what the runs saw, one after another", () => {
    const rows = readCsv([...formatCsv(report)].join("")).map((row) => ({
      repository: row["repository"],
      tag: row["tag"],
      digest: row["digest"],
      firstSeen: row["first_seen"],
      verdict: row["verdict"],
      worst: row["worst_verdict"],
      hours: Number(row["unsigned_hours"]),
      signer: row["signers"],
      exempt: row["exemption"] !== "",
      lastChecked: row["last_checked"],
      acknowledgedBy: row["acknowledged_by"],
    }));
    const byName = new Map(rows.map((row) => [`${row.repository} ${row.tag}`, row]));
    expect(byName.size).toBe(rows.length);
    expect(rows).toHaveLength(expected.length);
    for (const release of expected) expect(release).toMatchObject(byName.get(`${release.repository} ${release.tag}`)!);
  });

  it("says of every release, night and finding in its page what it says elsewhere", () => {
    const { document } = parseHTML([...formatHtml(report)].join(""));
    const tables = [...document.querySelectorAll("table")].map(readTable);
    const nights = tables.find(({ caption }) => caption === "Releases by night")!.rows;
    expect(
      nights.map(([day, , , signed, exempt, pending, unknown, untrusted, unsigned]) => [
        day,
        signed,
        exempt,
        pending,
        unknown,
        untrusted,
        unsigned,
      ]),
    ).toEqual(
      walkNights(history, days).map(({ day, states }) => {
        const counts =
          states === null ? null : [states.signed, states.exempt, states.pending, states.unknown, states.untrusted, states.unsigned];
        return [day, ...(counts?.map(String) ?? Array.from({ length: 6 }, () => "–"))];
      }),
    );
    const findings = tables.find(({ caption }) => caption.startsWith("Findings"))?.rows ?? [];
    expect(findings.map(([id, , , , hours]) => [id, Number(hours)])).toEqual(report.findings.map(({ id, hours }) => [id, hours]));
    const rows = [...document.querySelectorAll("#releases details")].flatMap((folded) => {
      const repository = folded.querySelector("b")!.textContent;
      const lines = readTable(folded.querySelector("table")).rows.filter((cells) => cells.length > 1);
      return lines.map(
        ([tag, digest, first, , notes = ""]) => `${repository} ${tag} ${digest} ${first} ${/for (\S+) h/.exec(notes)?.[1] ?? "0"}`,
      );
    });
    const wanted = expected.map(
      ({ repository, tag, digest, firstSeen, hours }) => `${repository} ${tag} ${digest} ${firstSeen.slice(0, 10)} ${hours}`,
    );
    expect(rows.toSorted()).toEqual(wanted.toSorted());
    expect(document.querySelector(".lead")!.textContent).toBe(report.sentence);
    expect(document.documentElement.outerHTML).not.toMatch(/100\s?%/);
  });

  it("counts in its first sentence each release once and every night", () => {
    const wrong = expected.filter(({ hours }) => hours > 0);
    const rest = expected.filter(({ hours }) => hours === 0);
    const repositories = new Set(expected.map(({ repository }) => repository)).size;
    const nights = walkNights(history, days);
    const count = (state: string) => rest.filter((release) => release.state === state).length;
    expect(report.sentence).toContain(`${count("signed")} of ${expected.length} releases in ${repositories} repositories signed`);
    for (const word of ["unsigned", "untrusted"] as const) {
      const own = wrong.filter((release) => release.wrong === word);
      const there = own.filter(({ verdict }) => verdict !== "gone" && verdict !== "not-watched");
      const longestHours = Math.max(0, ...own.map(({ hours }) => hours));
      const still = there.filter(({ state }) => state === "unsigned" || state === "untrusted").length;
      const unknownSince = there.filter(({ state }) => state === "unknown").length;
      expect(report.summary[word]).toEqual({ releases: own.length, still, unknownSince, longestHours });
      const upTo = own.length === 1 ? "" : "up to ";
      expect(report.sentence).toContain(own.length === 0 ? "" : `${own.length} ${word} for ${upTo}${longestHours} h`);
    }
    const gone = expected.filter(({ verdict }) => verdict === "gone").length;
    const others = { exempt: count("exempt"), unknown: count("unknown"), pending: count("pending"), gone };
    expect(report.summary).toMatchObject({ ...others, signed: count("signed"), releases: expected.length, repositories });
    for (const word of ["exempt", "unknown"] as const)
      expect(report.sentence).toContain(others[word] === 0 ? "" : `; ${others[word]} ${word}`);
    expect(report.sentence).toContain(
      `${nights.filter(({ status }) => status === "complete").length} of ${days.length} ${days.length === 1 ? "night" : "nights"} complete`,
    );
    const { signed: one, exempt, unsigned: two, untrusted, unknown, pending, releases } = report.summary;
    expect(one + exempt + two.releases + untrusted.releases + unknown + pending).toBe(releases);
  });

  it("counts on every night what its run saw", () => {
    expect(report.nights.map(({ day, status, states }) => ({ day, status, states }))).toEqual(walkNights(history, days));
  });

  it("lists every finding that was open in the period, with the hours that it was", () => {
    const open = history.findings.filter(({ opened, resolved }) => opened < end && resolved >= startOf(period.from));
    expect(report.findings).toHaveLength(open.length);
    const hours = open.map(
      ({ opened, resolved }) => Math.round((Math.min(resolved, end) - Math.max(opened, startOf(period.from))) / 360_000) / 10,
    );
    const byHours = (left: number, right: number) => left - right;
    expect(report.findings.map((one) => one.hours).toSorted(byHours)).toEqual(hours.toSorted(byHours));
    expect(report.findings.every(({ told }) => told?.channels[0] === "oncall")).toBe(true);
  });

  it("says who allowed what", () => {
    const covered = expected.filter(({ repository, tag }) => repository === history.exemption.repository && tag.startsWith("v0.")).length;
    expect(report.exceptions).toEqual([
      {
        repository: history.exemption.repository,
        tags: ["v0.*"],
        reason: "end of life",
        owner: "platform@acme.example",
        ticket: "SEC-12",
        until: new Date(history.exemption.until).toISOString(),
        releases: covered,
      },
    ]);
  });
});

describe("a report on two months", () => {
  const two = readPeriod(PERIODS[0]!, NOW);

  it("is about thousands of releases, with outages, missed nights, findings and an exemption", () => {
    const { summary, exceptions } = buildReport(facts, two);
    expect(summary.releases).toBeGreaterThan(4500);
    expect(
      Math.min(summary.nights.missed, summary.nights.incomplete, summary.unsigned.releases, summary.untrusted.releases),
    ).toBeGreaterThan(2);
    expect(summary.findings.acknowledged).toBeGreaterThan(10);
    expect(exceptions[0]!.releases).toBeGreaterThan(0);
    expect(buildReport(facts, readPeriod(PERIODS[1]!, NOW)).summary.exempt).toBeGreaterThan(0);
  });

  it("says what left the watch list and came back", () => {
    const { scopeChanges } = buildReport(facts, two);
    expect(scopeChanges.map(({ kind, subject, detail }) => ({ kind, subject, detail }))).toEqual([
      { kind: "repository", subject: "registry.example/team-3/app-59", detail: "not watched any more" },
      { kind: "repository", subject: "registry.example/team-3/app-59", detail: "watched from now on" },
    ]);
  });
});
