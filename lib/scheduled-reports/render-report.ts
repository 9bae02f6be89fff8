import type { ReportModel } from "../report/report-model.ts";
import type { ReportFormat } from "../watchlist/watch-list.ts";

/** The formats of a report with their file names. */
export const REPORT_FILES: Readonly<Record<ReportFormat, string>> = {
  html: "report.html",
  json: "report.json",
  oscal: "report.oscal.json",
  csv: "report.csv",
};

/** Renders a report in one format, as one string or in pieces. The code of a format is loaded on demand, because charts take megabytes. */
export async function renderReport(model: ReportModel, format: ReportFormat): Promise<string | Iterable<string>> {
  switch (format) {
    case "html":
      return (await import("../report/html/format-html.ts")).formatHtml(model);
    case "csv":
      return (await import("../report/format-csv.ts")).formatCsv(model);
    case "json":
      return (await import("../report/format-report-json.ts")).formatReportJson(model);
    case "oscal":
      return (await import("../report/oscal/format-oscal.ts")).formatOscal(model);
  }
}
