import { REPORT_FILES, renderReport } from "../../lib/audit/render-report.ts";
import { loadRecordedFacts } from "../../lib/history/recorded-facts.ts";
import { escapeText } from "../../lib/notification/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { endOf, formatInstant, readPeriod, type PeriodOptions } from "../../lib/report/report-period.ts";
import type { ReportFormat } from "../../lib/watchlist/watch-list.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { ensureWritable, writeResult } from "../doors/output.ts";
import { withHistory } from "../doors/recorded-history.ts";

interface ReportOptions extends CommonOptions, PeriodOptions {
  readonly format?: string;
  readonly output?: string;
}

/** Writes what was recorded of a period, in one of the formats. Asks no registry. Answers 0 whatever the report says. */
export async function report(options: ReportOptions): Promise<number> {
  const { format = "html", output } = options;
  if (!isFormat(format))
    throw new SealwatchError("usage", `report: --format ${format}: write one of ${Object.keys(REPORT_FILES).join(", ")}`);
  const period = readPeriod(options, readNow(options).now);
  if (output !== undefined) await ensureWritable(output);
  return withHistory(options, async (store) => {
    if (store === null) throw new SealwatchError("history", "report: nothing is recorded yet; sealwatch audit begins a history");
    const facts = await loadRecordedFacts(store, { until: formatInstant(endOf(period) - 1) });
    const model = buildReport(facts, period);
    await writeResult(await renderReport(model, format), output);
    if (output !== undefined) process.stderr.write(`${escapeText(output)}: ${model.sentence}\n`);
    return 0;
  });
}

function isFormat(text: string): text is ReportFormat {
  return Object.hasOwn(REPORT_FILES, text);
}
