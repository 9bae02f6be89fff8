import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { formatCell, formatCsv } from "../../lib/report/format-csv.ts";
import { formatReportJson } from "../../lib/report/format-report-json.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { finding, REPOSITORY, SIGNER } from "../history/examples.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";
import { readCsv } from "./read-csv.ts";

const HOSTILE = "<script>alert(1)</script>\"'&\u202e\u0000\n=1+1";
const signer = { ...SIGNER, signer: HOSTILE, identity: HOSTILE, issuer: HOSTILE };
const exemption = { reason: `=HYPERLINK("https://evil.example","click")`, owner: "@evil", ticket: "-1", until: null };
const acknowledgement = { until: octoberNight(20), reason: HOSTILE, owner: HOSTILE, at: octoberNight(6) };
const open = finding({ openedAt: octoberNight(5), repository: REPOSITORY, tag: HOSTILE, acknowledgement, status: "acknowledged" });
const report = octoberReport(
  factsOf(
    [octoberRun(1), octoberRun(5)],
    [
      { run: octoberNight(1), tag: HOSTILE, signers: [signer], policy: HOSTILE, reason: HOSTILE },
      { run: octoberNight(1), tag: "v0.1.0", verdict: "unsigned", signers: [], exemption },
    ],
    { findings: [open], tellings: [{ findingId: open.id, channel: HOSTILE, kind: "opened", sentAt: octoberNight(5) }] },
  ),
);

describe("text of others", () => {
  it("is nothing but text in the page", () => {
    const page = [...formatHtml(report)].join("");
    const { document } = parseHTML(page);
    expect(document.querySelectorAll("script, img, iframe, link, form, a:not([href^='#'])")).toHaveLength(0);
    for (const character of ["\u202e", "\u0000"]) expect(page).not.toContain(character);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u{202e}\\u{0}\\u{a}=1+1");
    expect(
      [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames()).filter((name) => /^on|^style$/.test(name)),
    ).toEqual([]);
  });

  it("is no formula in a spreadsheet, and one cell on one line", () => {
    const text = [...formatCsv(report)].join("");
    const rows = readCsv(text);
    expect(rows).toHaveLength(2);
    expect(text.split("\r\n")).toHaveLength(4);
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(rows.find(({ tag }) => tag === "v0.1.0")).toMatchObject({ exemption: `'${exemption.reason}`, exemption_owner: "'@evil" });
  });

  it.each([
    ["=1", "'=1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@a", "'@a"],
    [" =1", "' =1"],
    ["\uff1d1", "'\uff1d1"],
    ["\uff0b1", "'\uff0b1"],
    ["\uff0d1", "'\uff0d1"],
    ["\uff20a", "'\uff20a"],
    [" a", '" a"'],
    ["\t=1", "\\u{9}=1"],
    ['a"b,c', '"a""b,c"'],
    ["plain", "plain"],
  ])("%j is %j in CSV", (text, cell) => {
    expect(formatCell(text)).toBe(cell);
  });

  it("is as it was recorded in JSON", () => {
    const text = [...formatReportJson(report)].join("");
    for (const character of ["\u202e", "\u0000"]) expect(text).not.toContain(character);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
  });
});
