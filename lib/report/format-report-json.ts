import { formatJsonPieces } from "../text/escape.ts";
import type { ReportModel } from "./report-model.ts";

/** The report for programs, as report.schema.json says. In pieces: one of thousands of releases is tens of megabytes. */
export function* formatReportJson(report: ReportModel): Generator<string> {
  yield* formatJsonPieces(report);
  yield "\n";
}
