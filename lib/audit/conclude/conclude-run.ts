import type { Coverage, RunRecord } from "../../history/run-record.ts";
import { isLive } from "../../history/findings/finding-life.ts";
import { stepsOf } from "../../history/findings/finding-steps.ts";
import type { Change, Finding, RunId } from "../../history/state.ts";
import type { HistoryStore } from "../../history/store.ts";
import { digestPieces } from "../../history/stored/digested-text.ts";
import type { BrokenChannel } from "../../notification/broken-channel-text.ts";
import type { ChannelPort } from "../../notification/channels/delivery-port.ts";
import type { RegistryTraffic } from "../../registry/repository-client.ts";
import type { ReportPort } from "../../scheduled-reports/report-port.ts";
import { writeDueReports } from "../../scheduled-reports/write-due-reports.ts";
import { formatJsonPieces } from "../../text/escape.ts";
import { recallChannel } from "../../watchlist/record/watch-list-document.ts";
import type { Channel, WatchList } from "../../watchlist/watch-list.ts";
import { exitCodeOf, type FailOn } from "../exit-code.ts";
import type { AgainPart, Part, RunPlan } from "../part.ts";
import { answerAgain, type AuditAnswer } from "./answer-again.ts";
import { buildDocument } from "./build-document.ts";
import { concludeChanges } from "./conclude-changes.ts";
import { deliver, type DeliveryRequest } from "./deliver.ts";
import { describeOverheard } from "./describe-overheard.ts";
import { findHeldStorms } from "./look-again.ts";
import { mergeAgain } from "./merge-again.ts";
import { createReading, readSecondVerdicts } from "./reading.ts";
import { recordStorms } from "./record-storms.ts";

/** What a door gives the conclusion of a run. */
export interface ConclusionPorts {
  readonly store: HistoryStore;
  readonly channels: readonly ChannelPort[];
  readonly reports: ReportPort;
  /** True if the door signs the head of the history's chain after each run. */
  readonly signsHeads?: boolean;
  /** Opens channels that the watch list no longer names, so that they are told so. */
  readonly openFormer: (channels: readonly Channel[]) => Promise<readonly ChannelPort[]>;
}

export interface ConcludeRequest extends Pick<DeliveryRequest, "clock" | "wallClock" | "sleep"> {
  readonly plan: RunPlan;
  /** The last part of each audited repository, in the order of the plan. */
  readonly parts: readonly Part[];
  readonly again: readonly AgainPart[];
  /** The requests of all calls of the run. */
  readonly traffic: readonly RegistryTraffic[];
  readonly failOn: FailOn;
}

interface ConcludedRun extends AuditAnswer {
  readonly coverage: readonly Coverage[];
  readonly broken: readonly BrokenChannel[];
}

/**
 * Concludes a run: the second reading decides which changes of storms were real, pending changes become findings, channels are told, and
 * the run is closed. If this breaks off, the next start repeats it under the same ids. If another start was faster, it returns the recorded
 * answer.
 */
export async function concludeRun(watchList: WatchList, request: ConcludeRequest, ports: ConclusionPorts): Promise<ConcludedRun> {
  const { store } = ports;
  const { plan, clock, wallClock, sleep, failOn } = request;
  const channels = ports.channels.map(({ channel }) => channel);
  const failures = await tellChanges(watchList, request, channels, store);
  const earlier = (await store.runs({ limit: RECENT_RUNS, before: plan.run })).filter(({ status }) => status === "closed");
  const previous = earlier[0]?.id ?? null;
  const parts = mergeAgain(request.parts, request.again);
  const findings = (await store.findings({ live: false, closedSince: plan.run })).filter((finding) => isOfRun(finding, plan.run));
  const document = buildDocument(plan, {
    parts,
    findings,
    traffic: request.traffic,
    previous,
    finishedAt: new Date(clock()).toISOString(),
  });
  const { finishedAt, complete } = document.run;
  const reported = plan.partial ? [] : await writeDueReports(watchList, channels, { id: plan.run, number: plan.number, complete }, ports);
  const former = await ports.openFormer(plan.formerChannels.flatMap((channel) => recallChannel(channel) ?? []));
  const broken = await deliver(store, ports.channels, { run: plan.run, previous, clock, wallClock, sleep, former });
  const text = digestPieces(formatJsonPieces(document));
  const coverage = listCoverage(plan, parts, earlier);
  const exitCode = exitCodeOf(document, failOn, previous !== null);
  const closed = await store.closeRun({
    id: plan.run,
    finishedAt,
    complete,
    coverage,
    watchList: plan.watchList,
    document: text.pieces,
    exitCode,
    ...(ports.signsHeads && { signs: true }),
  });
  const warnings = [...failures, ...describeOverheard(findings, channels, plan.run), ...reported];
  if (closed.link !== null && closed.link.document !== text.digest())
    return { ...(await answerAgain(closed, store)), coverage: closed.coverage, broken };
  return { document, exitCode, coverage, broken, warnings };
}

const RECENT_RUNS = 20;

/** The store tells closed findings by their time; an earlier run may have closed some for a time that is still to come. */
function isOfRun(finding: Finding, run: RunId): boolean {
  const last = stepsOf(finding).at(-1);
  return isLive(finding) || last?.by === "person" || last?.at === run;
}

/** Returns, for people, what could not be concluded. */
async function tellChanges(
  watchList: WatchList,
  { plan, parts, again }: ConcludeRequest,
  channels: readonly Channel[],
  store: HistoryStore,
): Promise<string[]> {
  const pending = await store.pendingChanges();
  const second = readSecondVerdicts(parts, again);
  const held = pending.length === 0 ? new Set<string>() : await store.heldChanges();
  const concluded = pending.some(({ id }) => held.has(id)) ? await listConcluded(plan, store) : [];
  const storms = findHeldStorms(pending, concluded, held, second, parts, plan, watchList);
  if (storms.length > 0) await recordStorms(storms, second, { id: plan.run, number: plan.number }, store);
  return concludeChanges(store, channels, plan, createReading(plan, parts, second));
}

/** Returns the changes of this run that another start of it has told, or this one before it was stopped. */
async function listConcluded({ run, repositories }: RunPlan, store: HistoryStore): Promise<Change[]> {
  const concluded: Change[] = [];
  for (const name of repositories) concluded.push(...(await store.changes(name)).filter((change) => change.run === run));
  return concluded;
}

function listCoverage({ repositories }: RunPlan, parts: readonly Part[], earlier: readonly RunRecord[]): Coverage[] {
  const seen = new Map(parts.map((part) => [part.repository, part]));
  return repositories.map((name) => {
    const part = seen.get(name);
    if (part?.done) return part.coverage;
    // If nobody looked to the end, what was there the last time is still expected, and the next run begins with it.
    const last = earlier.flatMap((run) => run.coverage.find(({ repository }) => repository === name) ?? [])[0];
    const { expected, releases, judged, unknown } = part?.coverage ?? { expected: 0, releases: 0, judged: 0, unknown: 0 };
    return { repository: name, listed: false, expected: Math.max(last?.expected ?? 0, expected), releases, judged, unknown };
  });
}
