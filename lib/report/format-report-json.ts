import { formatJsonPieces } from "../text/escape.ts";
import type { ReportModel } from "./report-model.ts";

/** Formats the report as JSON according to report.schema.json. Yields pieces: thousands of releases take tens of megabytes. */
export function* formatReportJson(report: ReportModel): Generator<string> {
  yield* formatJsonPieces(report);
  yield "\n";
}
