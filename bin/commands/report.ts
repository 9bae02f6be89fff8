import { REPORT_FILES, renderReport } from "../../lib/audit/render-report.ts";
import type { PackedReport } from "../../lib/audit/pack/build-pack.ts";
import { loadRecordedFacts } from "../../lib/history/recorded-facts.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { escapeText } from "../../lib/notification/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { endOf, formatInstant, readPeriod, type PeriodOptions } from "../../lib/report/report-period.ts";
import type { ReportFormat } from "../../lib/watchlist/watch-list.ts";
import { readNow, type CommonOptions } from "../doors/common-options.ts";
import { ensureWritable, writeFile, writeResult } from "../doors/output.ts";
import { withHistory } from "../doors/recorded-history.ts";

interface ReportOptions extends CommonOptions, PeriodOptions {
  readonly format?: string;
  readonly output?: string;
  readonly pack?: string;
}

/** The reports of a pack, one a format. */
const PACKED: readonly PackedReport[] = (Object.keys(REPORT_FILES) as ReportFormat[]).map((format) => ({
  name: REPORT_FILES[format],
  render: (model) => renderReport(model, format),
}));

/** Writes what was recorded of a period, in one of the formats or as a pack. Asks no registry. Answers 0 whatever the report says. */
export async function report(options: ReportOptions): Promise<number> {
  const { format = "html", output, pack } = options;
  if (!isFormat(format))
    throw new SealwatchError("usage", `report: --format ${format}: write one of ${Object.keys(REPORT_FILES).join(", ")}`);
  const period = readPeriod(options, readNow(options).now);
  if (output !== undefined) await ensureWritable(output);
  if (pack !== undefined) await ensureWritable(pack, "--pack");
  return withHistory(options, async (store) => {
    if (store === null) throw new SealwatchError("history", "report: nothing is recorded yet; sealwatch audit begins a history");
    const facts = await loadRecordedFacts(store, { until: formatInstant(endOf(period) - 1) });
    const model = buildReport(facts, period);
    if (pack !== undefined) await writePack(model, store, pack);
    // Whoever asks for a pack alone has the report in it.
    if (pack === undefined || output !== undefined || options.format !== undefined)
      await writeResult(await renderReport(model, format), output);
    for (const file of [pack, output]) if (file !== undefined) process.stderr.write(`${escapeText(file)}: ${model.sentence}\n`);
    return 0;
  });
}

function isFormat(text: string): text is ReportFormat {
  return Object.hasOwn(REPORT_FILES, text);
}

async function writePack(model: ReportModel, store: HistoryStore, file: string): Promise<void> {
  const [{ buildPack }, { PackGaps }, { formatZip }] = await Promise.all([
    import("../../lib/audit/pack/build-pack.ts"),
    import("../../lib/audit/pack/pack-gaps.ts"),
    import("../../lib/audit/pack/format-zip.ts"),
  ]);
  const gaps = new PackGaps();
  await writeFile(formatZip(buildPack(model, PACKED, { store, gaps }), Date.parse(model.asOf)), file, "--pack");
  if (gaps.count > 0)
    process.stderr.write(`${escapeText(file)}: ${countFiles(gaps.count)} not there as recorded; MISSING.txt in it names them\n`);
}

function countFiles(count: number): string {
  return count === 1 ? "1 file of evidence is" : `${count} files of evidence are`;
}
