import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { runAudit } from "../../lib/audit/run-audit.ts";
import { loadRecordedHistory } from "../../lib/history/past/recorded-history.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { escapeText, quoteShell } from "../../lib/text/escape.ts";
import { formatMinute } from "../../lib/text/format-time.ts";
import { renderAuditTable } from "../terminal/audit-table.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { buildReport } from "../../lib/report/build-report.ts";
import { endOf, formatDay, formatInstant, readPeriod } from "../../lib/report/report-period.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { startStory, writeWatchList, type Night } from "../demo/story.ts";
import { writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/palette.ts";
import { openReportFolder } from "../doors/report-folder.ts";
import { openControlRegistry, openRegistries } from "../doors/registries.ts";
import { openSleep } from "../doors/sleep.ts";
import { stopOnSignals } from "../doors/signals.ts";
import { createTerminalChannel } from "../doors/terminal-channel.ts";
import { readWatchList } from "../doors/watch-list.ts";

const NIGHT_MILLISECONDS = 86_400_000;
const FIRST_HOUR_MILLISECONDS = 2 * 3_600_000;

/** The files of the demo, and whether they stay. */
interface DemoFolder {
  readonly directory: string;
  readonly history: string;
  readonly kept: boolean;
}

/** Plays three nights of a small company over the embedded registry, with the real audit, history, messages and report. Returns 0. */
export async function demo(options: { readonly keep?: string }): Promise<number> {
  const signal = stopOnSignals();
  const folder = await openFolder(options.keep);
  const story = await startStory();
  try {
    await writeFile(join(folder.directory, "release.pub"), story.publicKey);
    await writeFile(join(folder.directory, "sealwatch.yaml"), writeWatchList(story.registry.host));
    const { watchList } = readWatchList({ config: join(folder.directory, "sealwatch.yaml") });
    const store = openSqliteHistory(folder.history);
    try {
      await writeResult(`An OCI registry runs at ${story.registry.host}; nothing else is asked.\n`);
      for (const [at, night] of story.nights.entries())
        await spendNight(night, timeOf(at, story.nights.length), { watchList, store, folder, signal });
      await writeReport(store, folder, [timeOf(0, story.nights.length), timeOf(story.nights.length - 1, story.nights.length)]);
    } finally {
      await store.close();
    }
    await writeResult(renderEnd(folder));
    return 0;
  } finally {
    await story.registry.close();
    if (!folder.kept)
      for (const file of ["history.db", "release.pub", "sealwatch.yaml"]) await rm(join(folder.directory, file), { force: true });
  }
}

async function spendNight(
  night: Night,
  now: number,
  { watchList, store, folder, signal }: { watchList: WatchList; store: HistoryStore; folder: DemoFolder; signal: AbortSignal },
): Promise<void> {
  night.happen();
  const palette = paletteFor(process.stdout);
  await writeResult(`\n${palette.bold(`The night of ${formatMinute(new Date(now).toISOString())} UTC: ${night.title}`)}\n\n`);
  const clients = await openRegistries(watchList.registries, signal);
  const controlClients = openControlRegistry(signal);
  const history = folder.kept ? folder.history : null;
  const channels = watchList.channels.map((channel) => createTerminalChannel(channel, process.stdout, history));
  try {
    const clocks = { clock: () => now, wallClock: () => now, sleep: openSleep(signal) };
    const request = { now, scheduled: true, only: null, failOn: "unknown", ...clocks } as const;
    const { document, warnings } = await runAudit(watchList, request, {
      store,
      trust: createTrustStore(new Map(), now),
      clients,
      controlClients,
      signal,
      channels,
      reports: openReportFolder({ history: folder.history }),
      openFormer: () => Promise.resolve([]),
      progress: () => undefined,
    });
    for (const warning of warnings) process.stderr.write(`${escapeText(warning)}\n`);
    await writeResult(renderAuditTable(document, { all: false, palette }));
  } finally {
    await Promise.all([clients.close(), controlClients.close()]);
  }
}

/** Writes the report that an auditor would get of these nights. */
async function writeReport(store: HistoryStore, { directory }: DemoFolder, [first, last]: readonly [number, number]): Promise<void> {
  const period = readPeriod({ from: formatDay(first), to: formatDay(last) }, Date.now());
  const model = buildReport(await loadRecordedHistory(store, { until: formatInstant(endOf(period) - 1) }), period);
  const { formatHtml } = await import("../../lib/report/html/format-html.ts");
  const file = join(directory, "report.html");
  await writeResult(formatHtml(model), file);
  await writeResult(`\nThe report on these nights is ${file}\n  ${model.sentence}\n`);
}

/** Returns two in the morning (UTC) of one of the last nights, so that the last one is over. */
function timeOf(at: number, nights: number): number {
  const today = Math.floor(Date.now() / NIGHT_MILLISECONDS) * NIGHT_MILLISECONDS;
  return today - (nights - at) * NIGHT_MILLISECONDS + FIRST_HOUR_MILLISECONDS;
}

async function openFolder(keep: string | undefined): Promise<DemoFolder> {
  if (keep === undefined) {
    const directory = await mkdtemp(join(tmpdir(), "sealwatch-demo-"));
    return { directory, history: join(directory, "history.db"), kept: false };
  }
  const directory = resolve(keep);
  const history = join(directory, ".sealwatch", "history.db");
  for (const file of [history, ...["sealwatch.yaml", "release.pub", "report.html"].map((name) => join(directory, name))]) {
    if (existsSync(file)) throw new SealwatchError("usage", `demo --keep ${keep}: ${file} is there already; name a directory without it`);
  }
  try {
    await mkdir(join(directory, ".sealwatch"), { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SealwatchError("usage", `demo --keep ${keep}: the directory cannot be made: ${why}`, { cause: error });
  }
  return { directory, history, kept: true };
}

function renderEnd({ directory, history, kept }: DemoFolder): string {
  if (!kept) return "\nNothing else of this is kept. To look around in the history afterwards: sealwatch demo --keep DIR\n";
  const shown = quoteShell(relative(process.cwd(), history) || history);
  return [
    "",
    `The history is kept in ${history}, the watch list beside it in ${directory}. Look around:`,
    `  sealwatch findings --history ${shown}`,
    "The registry is gone with this command.",
    "",
  ].join("\n");
}
