import { rect, ruleY, text } from "@observablehq/plot";
import { RELEASE_STATES, type ReleaseState, type ReportNight } from "../report-model.ts";
import { drawChart } from "./draw-chart.ts";
import { axisOfDays, spanOfDay } from "./axis-of-days.ts";

const MARGIN_LEFT = 56;

/** Draws the releases of each night by state, with a gap if nobody looked, and those not signed again on a scale of their own. */
export function drawNights(nights: readonly ReportNight[]): string {
  const wrong = RELEASE_STATES.filter((state) => state !== "signed");
  const most = Math.max(...nights.map(({ states }) => (states === null ? 0 : wrong.reduce((sum, state) => sum + states[state], 0))));
  const all = drawStates(nights, RELEASE_STATES, "All releases by night and state", 274);
  return most === 0
    ? all
    : all + drawStates(nights, wrong, "Releases that are not signed by night and state, on a scale of their own", 194);
}

function drawStates(nights: readonly ReportNight[], states: readonly ReleaseState[], label: string, height: number): string {
  const parts = nights.flatMap(({ day, states: counts }) => (counts === null ? [] : stack(day, counts, states)));
  const top = Math.max(1, ...parts.map(({ y2 }) => y2));
  const unseen = nights.filter(({ status }) => status === "missed").map(({ day }) => ({ ...spanOfDay(day), y1: 0, y2: top }));
  return drawChart({
    label,
    height,
    marginLeft: MARGIN_LEFT,
    x: axisOfDays(nights.map(({ day }) => day)),
    y: {
      grid: true,
      label: label.startsWith("All") ? "all releases" : "not signed",
      domain: [0, top],
      ticks: Math.min(top, 5),
      tickFormat: "d",
    },
    marks: [
      rect(unseen, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: "var(--unseen)", shapeRendering: "crispEdges" }),
      text(unseen, {
        x: ({ x1, x2 }: ReturnType<typeof spanOfDay>) => new Date((x1.getTime() + x2.getTime()) / 2),
        y: top / 2,
        text: () => "missed",
        rotate: -90,
        fill: "var(--text)",
      }),
      ...states.map((state) =>
        rect(
          parts.filter((part) => part.state === state),
          { x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: `var(--${state})`, shapeRendering: "crispEdges" },
        ),
      ),
      ruleY([0]),
    ],
  });
}

function stack(day: string, counts: Readonly<Record<ReleaseState, number>>, states: readonly ReleaseState[]) {
  let y2 = 0;
  return states.flatMap((state) => {
    const y1 = y2;
    y2 += counts[state];
    return counts[state] === 0 ? [] : [{ ...spanOfDay(day), state, y1, y2 }];
  });
}
