import { plot, type PlotOptions } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml } from "../html/escape-html.ts";

/** The options of a chart beyond its marks. Marks name their colours by the page's style: `var(--signed)`. */
interface Chart extends PlotOptions {
  /** A sentence that says what the chart shows, for people who cannot see it. */
  readonly label: string;
}

/** Draws a chart as SVG in the page's width and colours, without the `style` that a page forbids. The same data gives the same text. */
export function drawChart({ label, ...options }: Chart): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const chart = plot({ width: CHART_WIDTH, marginBottom: MARGIN_BOTTOM, document, color: { type: "identity" }, ...options });
  chart.querySelector("style")?.remove();
  for (const attribute of ["width", "height", "class"]) chart.removeAttribute(attribute);
  chart.setAttribute("role", "img");
  const svg = String(chart.outerHTML).replaceAll(/(\d+\.\d\d)\d+/g, "$1");
  return svg.replace("<svg ", `<svg aria-label="${escapeHtml(label)}" `);
}

/** Room for two lines of axis labels: a day and its month. */
const MARGIN_BOTTOM = 44;

/** In units of the drawing; the page scales it. */
const CHART_WIDTH = 960;
