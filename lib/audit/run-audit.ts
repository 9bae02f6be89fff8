import { digestPieces } from "../history/stored/digested-text.ts";
import type { Coverage, RunRecord } from "../history/run-record.ts";
import type { HistoryStore } from "../history/store.ts";
import { describeBrokenChannel } from "../notification/broken-channel-text.ts";
import type { ChannelPort } from "../notification/channels/delivery-port.ts";
import { formatJsonPieces } from "../text/escape.ts";
import type { Digest } from "../oci/digest.ts";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import type { RegistryClients } from "../registry/repository-client.ts";
import { recallChannel, type RecordedChannel } from "../watchlist/record/watch-list-document.ts";
import type { Channel, WatchList } from "../watchlist/watch-list.ts";
import type { AuditDocument } from "./audit-document.ts";
import { listWarnings } from "./run-warnings.ts";
import type { AuditPorts, Run } from "./audit-ports.ts";
import { auditRepository } from "./audit-repository.ts";
import type { RepositoryOutcome } from "./repository-outcome.ts";
import { buildDocument, coverageOf } from "./build-document.ts";
import { concludeChanges } from "./conclude/conclude-changes.ts";
import { deliver, type Sleep } from "./conclude/deliver.ts";
import { exitCodeOf, type FailOn } from "./exit-code.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { openRun, type RunRequest } from "./open-run.ts";
import { createReading } from "./conclude/reading.ts";
import type { ReportPort } from "../scheduled-reports/report-port.ts";
import { isRefused, recordRepository, rememberReferrersApi } from "./compare/record-repository.ts";
import { breakStorms } from "./conclude/read-again.ts";
import { recordWatchList } from "./record-watch-list.ts";
import { openSignatureRepositories, prepareRun } from "./prepare-run.ts";
import { planWork, type WorkItem } from "./release-night.ts";
import { checkControls } from "./self-check.ts";
import { ToldRefusals } from "./compare/told-refusals.ts";
import { writeDueReports } from "../scheduled-reports/write-due-reports.ts";

export interface AuditRequest extends Omit<RunRequest, "partial"> {
  /** Names of the repositories to audit, or null for all of the watch list. */
  readonly only: readonly string[] | null;
  readonly failOn: FailOn;
  /** Reads the time when the run ends, epoch milliseconds. */
  readonly finish: () => number;
  /** Reads the time of day, whatever time the run is for, epoch milliseconds. */
  readonly wallClock: () => number;
  /** Waits while another start of the run tells what this one would. */
  readonly sleep: Sleep;
}

/** What a door gives a whole run. */
export interface RunPorts extends AuditPorts {
  readonly controlClients: RegistryClients;
  readonly channels: readonly ChannelPort[];
  readonly reports: ReportPort;
  /** Opens channels that the watch list does not name any more: they are told that they were dropped. */
  readonly openFormer: (channels: readonly Channel[]) => Promise<readonly ChannelPort[]>;
}

interface AuditResult {
  readonly document: AuditDocument;
  readonly exitCode: number;
  /** For people, on stderr. */
  readonly warnings: readonly string[];
}

/**
 * The whole run on one machine: plan, audit every repository, conclude. A closed run answers with its recorded document and exit code.
 * Throws SealwatchError where the audit could not be carried out; what was recorded until then is not lost, and the run stays open.
 */
export async function runAudit(watchList: WatchList, request: AuditRequest, ports: RunPorts): Promise<AuditResult> {
  const { store } = ports;
  await checkControls(ports.controlClients, ports, request.now);
  const items = chooseItems(watchList, request.only);
  const record = await openRun(store, { ...request, partial: request.only !== null });
  if (record.partial !== (request.only !== null)) {
    throw new SealwatchError(
      "usage",
      `audit: the run of ${record.id} is over ${record.partial ? "a part" : "all"} of the watch list; name another time with --now`,
    );
  }
  if (record.status === "closed") return answerAgain(record, store);

  const {
    document,
    coverage,
    watchList: watchListDigest,
    formerChannels,
    previous,
    warnings,
  } = await auditItems(items, watchList, record, request, ports);
  const channels = ports.channels.map(({ channel }) => channel);
  const { complete } = document.run;
  if (request.only === null) warnings.push(...(await writeDueReports(watchList, channels, { id: record.id, complete }, ports)));
  const former = await ports.openFormer(formerChannels.flatMap((channel) => recallChannel(channel) ?? []));
  const { finish: clock, wallClock, sleep } = request;
  const broken = await deliver(store, ports.channels, { run: record.id, previous, clock, wallClock, sleep, former });
  const exitCode = exitCodeOf(document, request.failOn, previous !== null);
  if (request.failOn === "regression" && previous === null) warnings.push("no earlier run: nothing can be a regression yet");
  warnings.push(...broken.map((channel) => `${describeBrokenChannel(channel)}: ${channel.reason}`));
  const text = digestPieces(formatJsonPieces(document));
  const closed = await store.closeRun({
    id: record.id,
    finishedAt: document.run.finishedAt,
    complete: document.run.complete,
    coverage,
    watchList: watchListDigest,
    document: text.pieces,
    exitCode,
  });
  // Another start of the same run was faster: its answer is the recorded one.
  if (closed.link !== null && closed.link.document !== text.digest()) return answerAgain(closed, store);
  return { document, exitCode, warnings };
}

interface AuditedItems {
  readonly document: AuditDocument;
  readonly coverage: readonly Coverage[];
  readonly watchList: Digest;
  readonly formerChannels: readonly RecordedChannel[];
  readonly previous: string | null;
  readonly warnings: string[];
}

/** The run up to its document. What it rests on, which may be much, is let go of before the document is written and told. */
async function auditItems(
  items: readonly WorkItem[],
  watchList: WatchList,
  record: RunRecord,
  request: AuditRequest,
  ports: RunPorts,
): Promise<AuditedItems> {
  const { store, clients, signal } = ports;
  const { run, opened } = await prepareRun(record, request.now, ports);
  const recorded = await recordWatchList(watchList, run, store);
  const heldBefore = await store.heldChanges();
  const audited = await mapConcurrently(items, (item) => auditRepository(item, watchList.exemptions, run, ports));
  if (signal.aborted || audited.some((outcome) => !outcome.finished)) throw stopped();
  const { outcomes, read } = await breakStorms(
    audited,
    watchList,
    { ...run, signatureRepository: openSignatureRepositories(ports).open },
    ports,
  );
  if (signal.aborted) throw stopped();
  const warnings = [...(await recordRepositories(outcomes, watchList, run, ports)), ...listWarnings(outcomes, clients.leftHosts())];
  for (const [name, repository] of opened) if ((await repository).referrersApi.learnedNow) await rememberReferrersApi(name, run, ports);
  const reading = createReading({ outcomes, partial: request.only !== null, heldBefore, readAgain: read });
  const channels = ports.channels.map(({ channel }) => channel);
  warnings.push(...(await concludeChanges(store, channels, run.id, reading)));

  const finishedAt = new Date(request.finish()).toISOString();
  const previous = (await store.runs({ limit: 20, before: record.id })).find((earlier) => earlier.status === "closed")?.id ?? null;
  const baseline = outcomes.every((outcome) => (outcome.history.repository?.baselineRun ?? null) === null);
  const document = buildDocument(run, {
    run: { id: record.id, startedAt: record.startedAt, finishedAt, previous, baseline },
    outcomes,
    findings: await store.findings({ live: false, closedSince: run.id }),
    traffic: clients.traffic(),
  });
  return {
    document,
    coverage: coverageOf(outcomes, run),
    watchList: recorded.digest,
    formerChannels: recorded.formerChannels,
    previous,
    warnings,
  };
}

function stopped(): SealwatchError {
  return new SealwatchError("aborted", "audit: stopped before the end; what was judged is recorded, and the next start goes on");
}

async function answerAgain(record: RunRecord, store: HistoryStore): Promise<AuditResult> {
  const text = await store.loadDocument(record.id);
  if (text === null)
    throw new SealwatchError(
      "usage",
      `audit: the run of ${record.id} is closed, and its document is no longer kept; name another time with --now`,
    );
  const document = JSON.parse(text) as AuditDocument;
  return { document, exitCode: record.exitCode ?? 2, warnings: [`run ${record.id} is closed already; this is its recorded answer`] };
}

function chooseItems(watchList: WatchList, only: readonly string[] | null): WorkItem[] {
  const items = planWork(watchList.repositories);
  if (only === null) return items;
  const unknown = only.filter((name) => !items.some((item) => item.name === name));
  if (unknown.length > 0) throw new SealwatchError("usage", `--repository: not on the watch list: ${unknown.join(", ")}`);
  return items.filter((item) => only.includes(item.name));
}

/** Refused credentials are told once a registry: by the repository that told it before, or its first one on the watch list. */
async function recordRepositories(
  outcomes: readonly RepositoryOutcome[],
  watchList: WatchList,
  run: Run,
  ports: AuditPorts,
): Promise<string[]> {
  const [refused, answered] = [outcomes.filter(isRefused), outcomes.filter((outcome) => !isRefused(outcome))];
  const names = new Set(answered.map(({ item }) => item.name));
  const told = refused.length === 0 ? null : await ToldRefusals.load(watchList, names, ports.store);
  const warnings: string[] = [];
  for (const outcome of outcomes) {
    const { item } = outcome;
    const isToldElsewhere = isRefused(outcome) && told?.isToldBy(item.name, item.entries[0].repository.registry) === false;
    warnings.push(...(await recordRepository(outcome, isToldElsewhere, run, ports)));
  }
  return warnings;
}
