import type { PackedReport } from "../../lib/audit/pack/build-pack.ts";
import { loadRecordedFacts } from "../../lib/history/recorded-facts.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { escapeText } from "../../lib/notification/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { endOf, formatInstant, readPeriod, type PeriodOptions } from "../../lib/report/report-period.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { ensureWritable, writeFile, writeResult } from "../doors/output.ts";
import { withHistory } from "../doors/recorded-history.ts";

interface ReportOptions extends CommonOptions, PeriodOptions {
  readonly format?: string;
  readonly output?: string;
  readonly pack?: string;
}

/** Each format's code is loaded when it is asked for: charts are megabytes. */
const FORMATS: Readonly<Record<string, (model: ReportModel) => Promise<string | Iterable<string>>>> = {
  html: async (model) => (await import("../../lib/report/html/format-html.ts")).formatHtml(model),
  json: async (model) => (await import("../../lib/report/format-report-json.ts")).formatReportJson(model),
  oscal: async (model) => (await import("../../lib/report/oscal/format-oscal.ts")).formatOscal(model),
  csv: async (model) => (await import("../../lib/report/format-csv.ts")).formatCsv(model),
};

const PACKED: readonly PackedReport[] = Object.entries({ html: "html", csv: "csv", json: "json", oscal: "oscal.json" }).map(
  ([format, extension]) => ({ name: `report.${extension}`, render: (model) => FORMATS[format]!(model) }),
);

/** Writes what was recorded of a period, in one of the formats or as a pack. Asks no registry. Answers 0 whatever the report says. */
export async function report(options: ReportOptions): Promise<number> {
  const { format = "html", output, pack } = options;
  const render = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (render === undefined)
    throw new SealwatchError("usage", `report: --format ${format}: write one of ${Object.keys(FORMATS).join(", ")}`);
  const period = readPeriod(options, readNow(options).now);
  if (output !== undefined) await ensureWritable(output);
  if (pack !== undefined) await ensureWritable(pack, "--pack");
  return withHistory(options, async (store) => {
    if (store === null) throw new SealwatchError("history", "report: nothing is recorded yet; sealwatch audit begins a history");
    const facts = await loadRecordedFacts(store, { until: formatInstant(endOf(period) - 1) });
    const model = buildReport(facts, period);
    if (pack !== undefined) await writePack(model, store, pack);
    // Whoever asks for a pack alone has the report in it.
    if (pack === undefined || output !== undefined || options.format !== undefined) await writeResult(await render(model), output);
    for (const file of [pack, output]) if (file !== undefined) process.stderr.write(`${escapeText(file)}: ${model.sentence}\n`);
    return 0;
  });
}

async function writePack(model: ReportModel, store: HistoryStore, file: string): Promise<void> {
  const [{ buildPack }, { formatZip }] = await Promise.all([
    import("../../lib/audit/pack/build-pack.ts"),
    import("../../lib/audit/pack/format-zip.ts"),
  ]);
  await writeFile(formatZip(buildPack(model, PACKED, store), Date.parse(model.asOf)), file, "--pack");
}
