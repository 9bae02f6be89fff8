import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML, type HTMLElement } from "linkedom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRecordedFacts, type RecordedFacts } from "../../lib/history/recorded-facts.ts";
import { openSqliteHistory } from "../../lib/history/sqlite-store.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { formatCsv } from "../../lib/report/format-csv.ts";
import { formatReportJson } from "../../lib/report/format-report-json.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { daysOf, endOf, readPeriod, startOf, type PeriodOptions } from "../../lib/report/report-period.ts";
import { walkNights, walkReleases, type ExpectedRelease } from "./dense-answers.ts";
import { generateHistory } from "./generated-history.ts";
import { readCsv } from "./read-csv.ts";

/** Ninety nights from 15 August on. */
const history = generateHistory({ seed: 7, nights: 90, repositories: 60, first: 50, growth: 0.38 });
const NOW = Date.parse("2026-11-21T12:00:00Z");

let directory: string;
let facts: RecordedFacts;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-report-"));
  const store = openSqliteHistory(join(directory, "history.db"));
  for (const { act } of history.actions) await act(store);
  facts = await loadRecordedFacts(store, { until: "2026-11-21T12:00:00Z" });
  await store.close();
}, 240_000);
afterAll(() => rm(directory, { recursive: true }));

function readTable(table: Pick<HTMLElement, "querySelector" | "querySelectorAll">): { caption: string; rows: string[][] } {
  const rows = [...table.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("th,td")].map(({ textContent }) => textContent.trim()),
  );
  return { caption: table.querySelector("caption")?.textContent ?? "", rows };
}

const PERIODS: readonly PeriodOptions[] = [
  { from: "2026-09-01", to: "2026-10-31", asOf: "2026-11-15" },
  { month: "2026-09", asOf: "2026-09-30" },
  { month: "2026-10" },
  { from: "2026-10-10", to: "2026-10-10" },
];

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
    for (const release of expected) expect(byName.get(`${release.repository} ${release.tag}`)).toEqual(release);
  });

  it("says the same in its JSON", () => {
    const { repositories } = JSON.parse([...formatReportJson(report)].join("")) as ReportModel;
    const rows = repositories.flatMap(({ releases }) => releases);
    expect(rows.map(({ unsignedHours }) => unsignedHours).reduce((sum, hours) => sum + hours, 0)).toBeCloseTo(
      expected.reduce((sum, { hours }) => sum + hours, 0),
    );
    expect(rows).toHaveLength(expected.length);
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
    const signed = rest.filter(({ verdict, exempt, signer }) => signer !== "" && !(exempt && verdict === "unsigned"));
    expect(report.sentence).toContain(`${signed.length} of ${expected.length} releases in ${repositories} repositories signed`);
    expect(report.summary.unsigned.releases + report.summary.untrusted.releases).toBe(wrong.length);
    const unsigned = wrong.filter(({ worst }) => worst === "unsigned");
    const upTo = unsigned.length === 1 ? "" : "up to ";
    expect(report.sentence).toContain(`${unsigned.length} unsigned for ${upTo}${Math.max(...unsigned.map(({ hours }) => hours))} h`);
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
