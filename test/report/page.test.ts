import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadRecordedFacts } from "../../lib/history/recorded-facts.ts";
import { openSqliteHistory } from "../../lib/history/sqlite-store.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { formatHtml } from "../../lib/report/html/format-html.ts";
import { readPeriod } from "../../lib/report/report-period.ts";
import { HAS_CHROMIUM, openPage, type View } from "./chromium.ts";
import { generateHistory } from "./generated-history.ts";

let directory: string;
let file: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-page-"));
  file = join(directory, "report.html");
  const store = openSqliteHistory(":memory:");
  for (const { act } of generateHistory({ seed: 4, nights: 50, repositories: 12, first: 20, growth: 0.5 }).actions) await act(store);
  const period = readPeriod({ month: "2026-09" }, Date.parse("2026-11-21T12:00:00Z"));
  const facts = await loadRecordedFacts(store, { until: "2026-09-30T23:59:59Z" });
  await store.close();
  writeFileSync(file, [...formatHtml(buildReport(facts, period))].join(""));
}, 60_000);
afterAll(() => rm(directory, { recursive: true }));

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
      expect(seen).toMatchObject({ overflows: false, headings: 8, bare: 0, unnamed: 0 });
      expect(seen).toMatchObject({ ground: view.scheme === "dark" && view.media === "screen" ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)" });
      expect(seen).toMatchObject({ breaks: view.media === "print" ? "page" : "auto" });
      expect(seen.least).toBeGreaterThanOrEqual(4.5);
      // Folded on the screen, and there on paper.
      expect(seen.rows > 0).toBe(view.media === "print");
    },
    60_000,
  );
});
