import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { readPeriod } from "../../lib/report/report-period.ts";
import { HAS_CHROMIUM, openPage, type View } from "./chromium.ts";
import { finding, observation } from "../history/examples.ts";
import { generateHistory } from "./generated-history.ts";
import { factsOf, octoberNight, octoberReport, octoberRun } from "./hand-made.ts";

let directory: string;
let file: string;
let wide: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-page-"));
  file = join(directory, "report.html");
  const store = openSqliteHistory(":memory:");
  for (const { act } of generateHistory({ seed: 4, nights: 50, repositories: 12, first: 20, growth: 0.5 }).actions) await act(store);
  const period = readPeriod({ month: "2026-09" }, Date.parse("2026-11-21T12:00:00Z"));
  const facts = await loadRecordedHistory(store, { until: "2026-09-30T23:59:59Z" });
  await store.close();
  writeFileSync(file, [...formatHtml(buildReport(facts, period))].join(""));
  wide = join(directory, "wide.html");
  writeFileSync(wide, [...formatHtml(reportOnWideNames())].join(""));
});
afterAll(() => rm(directory, { recursive: true }));

/** The widest letters in every place of a chart. */
function reportOnWideNames(): ReportModel {
  const tag = "W".repeat(60);
  const repository = `registry.example/${"m".repeat(60)}`;
  const coverage = [{ repository, listed: true, expected: 1, releases: 1, judged: 1, unknown: 0 }];
  const runs = Array.from({ length: 31 }, (_, at) => octoberRun(at + 1, { coverage }));
  const open = finding({ cause: "signature-misbound", repository, tag, openedAt: octoberNight(2) });
  const observations = new Map([[repository, [observation({ run: octoberNight(1), tag })]]]);
  return octoberReport(factsOf(runs, [], { observations, findings: [open] }));
}

const VIEWS: readonly View[] = [
  { width: 1200, scheme: "light", media: "screen" },
  { width: 1200, scheme: "dark", media: "screen" },
  { width: 390, scheme: "light", media: "screen" },
  { width: 1030, scheme: "dark", media: "print" },
];

/** Relative luminance and contrast by WCAG 2.2, of every piece of text to the ground behind it; and whether anything is wider than the page. */
const MEASURE = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const bytes = (colour) => { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const luminance = (colour) => { const [r, g, b] = bytes(colour).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (element) => { for (; element; element = element.parentElement) { const colour = getComputedStyle(element).backgroundColor; if (!/rgba\\(0, 0, 0, 0\\)|transparent/.test(colour)) return colour; } return "white"; };
  const contrasts = [...document.querySelectorAll("h1,h2,h3,p,li,a,th,td,caption,figcaption,summary,code,time,span")].map((element) => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
  return {
    least: Math.min(...contrasts),
    texts: contrasts.length,
    overflows: document.documentElement.scrollWidth > innerWidth,
    ground: getComputedStyle(document.documentElement).backgroundColor,
    headings: [...document.querySelectorAll("h1,h2")].length,
    bare: [...document.querySelectorAll("table")].filter((table) => table.querySelectorAll("th[scope=col]").length === 0).length,
    headless: [...document.querySelectorAll("tbody tr")].filter((row) => row.querySelector("th[scope=row],th[scope=rowgroup]") === null).length,
    skips: [...document.querySelectorAll("h1,h2,h3,h4")].map(({ tagName }) => Number(tagName[1])).filter((level, at, all) => level > (all[at - 1] ?? 0) + 1).length,
    clipped: [...document.querySelectorAll("svg text")].filter((text) => {
      const [own, all] = [text.getBoundingClientRect(), text.closest("svg").getBoundingClientRect()];
      return own.left < all.left - 1 || own.right > all.right + 1 || own.top < all.top - 1 || own.bottom > all.bottom + 1;
    }).map(({ textContent }) => textContent),
    unnamed: [...document.querySelectorAll("svg")].filter((svg) => svg.getAttribute("role") !== "img" || !svg.getAttribute("aria-label")).length,
    breaks: getComputedStyle(document.querySelector("section")).breakBefore,
    rows: document.querySelector("#releases table tbody tr:last-child").getBoundingClientRect().height,
  };
})()`;

describe.skipIf(!HAS_CHROMIUM)("the page of a report in a browser", () => {
  it.each(VIEWS)(
    "asks for nothing, complains of nothing, and can be read: $width wide, $scheme, on $media",
    async (view) => {
      const { complaints, requests, value } = await openPage(file, view, MEASURE);
      expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
      const seen = value as { least: number; rows: number };
      expect(seen).toMatchObject({ overflows: false, headings: 8, bare: 0, headless: 0, skips: 0, clipped: [], unnamed: 0 });
      expect(seen).toMatchObject({ ground: view.scheme === "dark" && view.media === "screen" ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)" });
      expect(seen).toMatchObject({ breaks: view.media === "print" ? "page" : "auto" });
      expect(seen.least).toBeGreaterThanOrEqual(4.5);
      // Folded on the screen, and there on paper.
      expect(seen.rows > 0).toBe(view.media === "print");
    },
    60_000,
  );

  it("shows names of wide letters whole, or as cut", async () => {
    const { value } = await openPage(wide, VIEWS[2]!, MEASURE);
    expect(value).toMatchObject({ clipped: [], overflows: false });
  });
});
