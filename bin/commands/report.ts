import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { REPORT_FILES, renderReport } from "../../lib/scheduled-reports/render-report.ts";
import { streamCsv } from "../../lib/scheduled-reports/stream-csv.ts";
import type { PackedReport } from "../../lib/evidence-pack/build-pack.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { escapeText } from "../../lib/text/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import type { ReportModel } from "../../lib/report/report-model.ts";
import { endOf, formatInstant, readPeriod, type PeriodOptions, type ReportPeriod } from "../../lib/report/report-period.ts";
import type { ReportFormat } from "../../lib/watchlist/watch-list.ts";
import { historyPath, readNow, watchListPath, type CommonOptions } from "../doors/common-options.ts";
import { ensureWritable, writeFile, writeResult } from "../doors/output.ts";
import { readHistory } from "../doors/with-history.ts";
import { stopOnSignals } from "../doors/signals.ts";

interface ReportOptions extends CommonOptions, PeriodOptions {
  readonly format?: string;
  readonly output?: string;
  readonly pack?: string;
}

/** The reports of a pack, one for each format. */
const PACKED: readonly PackedReport[] = (Object.keys(REPORT_FILES) as ReportFormat[]).map((format) => ({
  name: REPORT_FILES[format],
  render: (model) => renderReport(model, format),
}));

/** Writes what was recorded of a period, in one of the formats or as a pack. It asks no registry. Returns 0 whatever the report says. */
export async function report(options: ReportOptions): Promise<number> {
  const { format = "html", output, pack } = options;
  if (!isFormat(format))
    throw new SealwatchError("usage", `report: --format ${format}: write one of ${Object.keys(REPORT_FILES).join(", ")}`);
  const period = readPeriod(options, readNow(options).now);
  if (output !== undefined) await ensureWritable(output);
  if (pack !== undefined) await ensureWritable(pack, "--pack");
  await refuseOverwriting(options);
  const signal = stopOnSignals("what is not whole is not kept");
  return readHistory(options, async (store) => {
    if (store === null) throw new SealwatchError("history", "report: nothing is recorded yet; sealwatch audit begins a history");
    // A pack contains the report.
    const isAsked = pack === undefined || output !== undefined || options.format !== undefined;
    const { sentence } =
      pack === undefined && format === "csv"
        ? await writeCsv(store, period, output, signal)
        : await writeWhole(store, period, { pack, format: isAsked ? format : null, output, signal });
    for (const file of [pack, output]) if (file !== undefined) process.stderr.write(`${escapeText(file)}: ${sentence}\n`);
    return 0;
  });
}

/** Refuses to replace a file that is read from, or that was just written. */
async function refuseOverwriting(options: ReportOptions): Promise<void> {
  const { output, pack } = options;
  const history = await behindLinks(historyPath(options));
  const kept = new Map([
    // SQLite keeps these files beside its own.
    ...["", "-wal", "-shm", "-journal"].map((end): [string, string] => [`${history}${end}`, "the history"]),
    [await behindLinks(watchListPath(options)), "the watch list"],
  ]);
  for (const [option, file] of [
    ["--output", output],
    ["--pack", pack],
  ] as const) {
    if (file === undefined) continue;
    const target = await behindLinks(file);
    const is = kept.get(target);
    if (is !== undefined) throw new SealwatchError("usage", `${option} ${file}: that is ${is}; name another file`);
    kept.set(target, "the file of --output");
  }
}

/** Resolves a path as far as it exists. */
async function behindLinks(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

/** Writes one line for each release. It never holds more of the history than one repository. */
async function writeCsv(
  store: HistoryStore,
  period: ReportPeriod,
  output: string | undefined,
  signal: AbortSignal,
): Promise<{ sentence: string }> {
  const { pieces, sentence } = await streamCsv(store, period);
  await writeResult(pieces, output, { signal });
  return { sentence: sentence() };
}

interface Wanted {
  readonly pack: string | undefined;
  /** Null if only a pack is asked for. */
  readonly format: ReportFormat | null;
  readonly output: string | undefined;
  readonly signal: AbortSignal;
}

async function writeWhole(
  store: HistoryStore,
  period: ReportPeriod,
  { pack, format, output, signal }: Wanted,
): Promise<{ sentence: string }> {
  const facts = await loadRecordedHistory(store, { until: formatInstant(endOf(period) - 1) });
  const model = buildReport(facts, period);
  if (pack !== undefined) await writePack(model, store, pack, signal);
  if (format !== null) await writeResult(await renderReport(model, format), output, { signal });
  return model;
}

function isFormat(text: string): text is ReportFormat {
  return Object.hasOwn(REPORT_FILES, text);
}

async function writePack(model: ReportModel, store: HistoryStore, file: string, signal: AbortSignal): Promise<void> {
  const [{ buildPack }, { PackGaps }, { formatZip }] = await Promise.all([
    import("../../lib/evidence-pack/build-pack.ts"),
    import("../../lib/evidence-pack/pack-gaps.ts"),
    import("../../lib/evidence-pack/format-zip.ts"),
  ]);
  const gaps = new PackGaps();
  const files = buildPack(model, PACKED, { store, gaps });
  await writeFile(formatZip(files, Date.parse(model.asOf)), file, { option: "--pack", signal });
  if (gaps.count > 0)
    process.stderr.write(`${escapeText(file)}: ${countFiles(gaps.count)} not there as recorded; MISSING.txt in it names them\n`);
}

function countFiles(count: number): string {
  return count === 1 ? "1 file of evidence is" : `${count} files of evidence are`;
}
