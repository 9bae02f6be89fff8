import { plot, type PlotOptions } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml } from "../html/escape-html.ts";

/** What a chart is beside its marks. Colours of marks are names of the page's style: `var(--signed)`. */
interface Chart extends PlotOptions {
  /** What it shows, in a sentence, for those who do not see it. */
  readonly label: string;
}

/**
 * Draws a chart as SVG that takes the width of the page and its colours, without a style of its own: the page allows one style only. The same
 * data gives the same text.
 */
export function drawChart({ label, ...options }: Chart): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const chart = plot({ width: CHART_WIDTH, marginBottom: MARGIN_BOTTOM, document, color: { type: "identity" }, ...options });
  chart.querySelector("style")?.remove();
  for (const attribute of ["width", "height", "class"]) chart.removeAttribute(attribute);
  chart.setAttribute("role", "img");
  const svg = String(chart.outerHTML).replaceAll(/(\d+\.\d\d)\d+/g, "$1");
  return svg.replace("<svg ", `<svg aria-label="${escapeHtml(label)}" `);
}

/** For two lines of an axis: a day, and its month. */
const MARGIN_BOTTOM = 44;

/** In the units of the drawing; the page scales it. */
const CHART_WIDTH = 960;
