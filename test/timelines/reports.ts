import type { Scene } from "./scene.ts";
import { night, on, quiet, signed, timeline, type Timeline } from "./timeline.ts";

/** Asks for a report a month. The first night of a timeline is 1 November 2026. */
function askForReports(scene: Scene): void {
  scene.list = { ...scene.list, reports: [{ every: "month", formats: ["csv"], notify: null }] };
}

const FIRST_OF_DECEMBER = 30;
const FIRST_OF_JANUARY = 61;
const nothing = (): undefined => undefined;

/** When reports on a schedule are told. */
export const REPORTS: Readonly<Record<string, Timeline>> = {
  "a report is told on the first night after its month, once": timeline([
    signed("v1.0.0"),
    night(askForReports),
    on(29, night(nothing)),
    on(FIRST_OF_DECEMBER, night(nothing, "report")),
    quiet(3),
    on(FIRST_OF_JANUARY, night(nothing, "report")),
    quiet(),
  ]),

  "a month of which nobody asked for a report has none": timeline([signed("v1.0.0"), on(FIRST_OF_DECEMBER, night(nothing)), quiet(2)]),

  "months without a run are told with the next one": timeline([
    signed("v1.0.0"),
    night(askForReports),
    on(95, night(nothing, "report", "report", "report")),
    quiet(2),
  ]),

  "a report waits for a night that sees everything": timeline([
    signed("v1.0.0"),
    night(askForReports),
    on(29, night(nothing)),
    on(
      FIRST_OF_DECEMBER,
      night((scene) => scene.registry.setFault({ when: { path: "/v2/app/" }, fault: "503" })),
    ),
    night((scene) => scene.registry.setFault(null), "report"),
    quiet(2),
  ]),

  "a report that two starts write at once is told once": timeline([
    signed("v1.0.0"),
    night(askForReports),
    { ...on(FIRST_OF_DECEMBER, night(nothing, "report")), starts: 3 },
    quiet(2),
  ]),

  "a report comes beside what went wrong in its night": timeline(
    [
      signed("v1.0.0"),
      night(askForReports),
      on(
        FIRST_OF_DECEMBER,
        night((scene) => scene.push("v1.1.0"), "alert release-unsigned v1.1.0", "report"),
      ),
      quiet(2),
    ],
    ["open release-unsigned v1.1.0"],
  ),
};
