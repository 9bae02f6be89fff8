import { historyPath, namesHistory, openHistory, readNow, type CommonOptions } from "../doors/common-options.ts";
import { runAudit, type AuditRequest, type RunPorts } from "../../lib/audit/run-audit.ts";
import type { AuditDocument } from "../../lib/audit/audit-document.ts";
import type { FailOn } from "../../lib/audit/exit-code.ts";
import { escapeText, formatJsonPieces } from "../../lib/text/escape.ts";
import { renderAuditTable } from "../terminal/audit-table.ts";
import { parseRepository } from "../../lib/oci/reference.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { openAws, type Aws } from "../doors/aws.ts";
import { openChannels } from "../doors/channels.ts";
import { withHeartbeat } from "../doors/heartbeat.ts";
import { paletteFor } from "../doors/palette.ts";
import { createProgress } from "../doors/progress.ts";
import { tellGithub } from "../doors/github.ts";
import { MESSAGE_LIMIT_CHARACTERS } from "../doors/exit.ts";
import { ensureWritable, writeResult } from "../doors/output.ts";
import { openReportFolder } from "../doors/report-folder.ts";
import { openControlRegistry, openRegistries } from "../doors/registries.ts";
import { openSleep } from "../doors/sleep.ts";
import { stopOnSignals } from "../doors/signals.ts";
import { openTrust } from "../doors/trust.ts";
import { readWatchList } from "../doors/watch-list.ts";

export interface AuditOptions extends CommonOptions {
  readonly repository: readonly string[];
  readonly json?: true;
  readonly output?: string;
  readonly all?: true;
  readonly failOn?: string;
  readonly whatIf?: string;
}

const FAIL_ON: readonly string[] = ["unknown", "unsigned", "regression", "never"] satisfies FailOn[];

/** Audits the watch list, or a part of it, which sends no heartbeat. Prints the result, and returns the exit code. */
export async function audit(options: AuditOptions): Promise<number> {
  const failOn = readFailOn(options.failOn);
  const only = options.repository.length === 0 ? null : options.repository.map(readRepository);
  if (options.whatIf !== undefined) {
    const { whatIf } = await import("./what-if.ts");
    return whatIf({ ...options, whatIf: options.whatIf }, failOn, only);
  }
  const { now, scheduled } = readNow(options);
  const { watchList, warnings } = readWatchList(options);
  for (const { message } of warnings.filter(({ code }) => code === "not-built")) process.stderr.write(`warning: ${escapeText(message)}\n`);
  const signal = stopOnSignals("what is judged is recorded");
  const request = { now, scheduled, only, failOn };
  const heartbeat = only === null ? watchList.heartbeat : null;
  const aws = openAws(signal);
  const { exitCode } = await withHeartbeat(heartbeat, { stopped: signal, readSecret: aws.readSecret }, () =>
    auditWatchList(watchList, request, options, { signal, aws }),
  );
  return exitCode;
}

async function auditWatchList(
  watchList: WatchList,
  { now, scheduled, only, failOn }: Omit<AuditRequest, "clock" | "wallClock" | "sleep">,
  options: AuditOptions,
  { signal, aws }: { readonly signal: AbortSignal; readonly aws: Aws },
): Promise<{ exitCode: number; complete: boolean }> {
  if (options.output !== undefined) await ensureWritable(options.output);
  const started = performance.now();
  // Settings that cannot be read end the run before there is anything to close.
  const clients = await openRegistries(watchList.registries, signal, aws);
  const store = await openHistory(options);
  const controlClients = openControlRegistry(signal);
  const progress = createProgress(process.stderr);
  try {
    const told = options.json === true || options.output !== undefined ? process.stderr : process.stdout;
    const history = namesHistory(options) ? historyPath(options) : null;
    const openFormer: RunPorts["openFormer"] = (former) =>
      openChannels(former, { terminal: told, history, signal, readSecret: aws.readSecret });
    const channels = await openFormer(watchList.channels);
    const clock = (): number => (scheduled ? now : Date.now()) + (scheduled ? Math.round(performance.now() - started) : 0);
    const trust = await openTrust([...watchList.repositories, ...watchList.patterns.map(({ settings }) => settings)], now);
    const reports = openReportFolder(options);
    const ports = { store, trust, clients, controlClients, signal, channels, openFormer, reports, progress: progress.report };
    const clocks = { clock, wallClock: () => Date.now(), sleep: openSleep(signal) };
    const result = await runAudit(watchList, { now, scheduled, only, failOn, ...clocks }, ports);
    progress.clear();
    for (const warning of result.warnings) process.stderr.write(`${escapeText(warning, MESSAGE_LIMIT_CHARACTERS)}\n`);
    const palette = paletteFor(options.output === undefined ? process.stdout : null);
    const table = { all: options.all === true, palette };
    await writeResult(options.json === true ? formatDocument(result.document) : renderAuditTable(result.document, table), options.output);
    const lines = tellGithub(result.document, { json: options.json === true && options.output === undefined });
    if (lines !== "") await writeResult(lines);
    return { exitCode: result.exitCode, complete: result.document.run.complete };
  } finally {
    progress.clear();
    await Promise.all([clients.close(), controlClients.close()]);
    await store.close();
  }
}

function readFailOn(text: string | undefined): FailOn {
  if (text === undefined) return "unknown";
  if (!FAIL_ON.includes(text)) throw new SealwatchError("usage", `--fail-on ${text}: write one of ${FAIL_ON.join(", ")}`);
  return text as FailOn;
}

function readRepository(text: string): string {
  const parsed = parseRepository(text);
  if (parsed.kind === "malformed") throw new SealwatchError("usage", `--repository ${text}: ${parsed.detail}`);
  return parsed.repository.name;
}

/** Formats in pieces, because the document of a large repository has tens of megabytes. */
function* formatDocument(document: AuditDocument): Generator<string> {
  yield* formatJsonPieces(document);
  yield "\n";
}
