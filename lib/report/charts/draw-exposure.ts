import { barX, text } from "@observablehq/plot";
import { escapeText } from "../../text/escape.ts";
import type { ReportFinding, ReportModel } from "../report-model.ts";
import { startOf } from "../report-period.ts";
import { drawChart } from "./draw-chart.ts";
import { axisOfDays } from "./axis-of-days.ts";

/** The longest findings are drawn; the table below the chart lists all of them. */
export const BARS_SHOWN = 40;
const ROW_HEIGHT = 16;
/** In letters of one width, the margin fits so many beside the longest cause and an id. */
const SUBJECT_CHARACTERS = 26;

/** Draws one bar per finding for the time it was open in the period, longest first. A bar is lighter after the acknowledgement. */
export function drawExposure({ findings, period, asOf, nights }: Pick<ReportModel, "findings" | "period" | "asOf" | "nights">): string {
  const days = nights.map(({ day }) => day);
  const end = Math.min(startOf(period.to) + 86_400_000, Date.parse(asOf) + 1000);
  const shown = findings.toSorted((left, right) => right.hours - left.hours).slice(0, BARS_SHOWN);
  const bars = shown.flatMap((finding) => splitBar(finding, startOf(period.from), end));
  return drawChart({
    label: "How long findings were open in the period, longest first",
    height: shown.length * ROW_HEIGHT + 64,
    marginLeft: 384,
    marginRight: 56,
    marginTop: 8,
    x: { ...axisOfDays(days), grid: true },
    y: { type: "band", domain: shown.map(nameOf), label: null, padding: 0.2, tickSize: 0 },
    marks: [
      barX(bars, { x1: "x1", x2: "x2", y: "name", fill: "fill" }),
      text(
        shown.map((finding) => ({
          name: nameOf(finding),
          x: bars.findLast(({ name }) => name === nameOf(finding))?.x2,
          hours: `${finding.hours} h`,
        })),
        { x: "x", y: "name", text: "hours", textAnchor: "start", dx: 4 },
      ),
    ],
  });
}

/** Names a bar. Ids are short, and no two findings share one. */
function nameOf({ id, cause, repository, tag }: ReportFinding): string {
  const subject = tag ?? repository ?? "watch list";
  return `${cause} ${escapeText(subject, SUBJECT_CHARACTERS)} ${id}`;
}

function splitBar(finding: ReportFinding, from: number, end: number) {
  const name = nameOf(finding);
  const opened = Math.max(from, Date.parse(finding.openedAt));
  const closed = finding.resolvedAt === null ? end : Math.min(end, Date.parse(finding.resolvedAt));
  const [first] = finding.acknowledgements;
  const taken = first === undefined ? closed : Math.min(closed, Math.max(opened, Date.parse(first.at)));
  const part = (x1: number, x2: number, fill: string) => (x1 < x2 ? [{ name, x1: new Date(x1), x2: new Date(x2), fill }] : []);
  const colour = finding.severity === "alert" ? "var(--unsigned)" : "var(--pending)";
  return [...part(opened, taken, colour), ...part(taken, closed, "var(--exempt)")];
}
