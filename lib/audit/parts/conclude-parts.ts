import type { Coverage } from "../../history/run-record.ts";
import type { HistoryStore } from "../../history/store.ts";
import { isDefinitive } from "../../history/verdict.ts";
import type { BrokenChannel } from "../../notification/broken-channel-text.ts";
import { formatJsonPieces } from "../../text/escape.ts";
import { formatFindingDocument } from "../../notification/finding-document.ts";
import type { RegistryTraffic } from "../../registry/repository-client.ts";
import { recallChannel } from "../../watchlist/record/watch-list-document.ts";
import type { WatchList } from "../../watchlist/watch-list.ts";
import type { AuditDocument, SummaryDocument } from "../audit-document.ts";
import { concludeChanges } from "../conclude/conclude-changes.ts";
import type { Reading } from "../conclude/reading.ts";
import { deliver, type Sleep } from "../conclude/deliver.ts";
import { exitCodeOf } from "../exit-code.ts";
import { planWork } from "../release-night.ts";
import { recordStorms, type ReadVerdicts } from "../conclude/record-storms.ts";
import type { RunPorts } from "../run-audit.ts";
import { writeDueReports } from "../../scheduled-reports/write-due-reports.ts";
import { stormsOf, untoldOf } from "./look-again.ts";
import { mergeAgain } from "./merge-again.ts";
import type { AgainPart, Part, RunPlan } from "./part.ts";

interface ConcludeRequest {
  readonly plan: RunPlan;
  /** The last part of each repository that was audited. */
  readonly parts: readonly Part[];
  /** What was read again, where anything was. */
  readonly again: readonly AgainPart[];
  /** Reads the time, epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: Sleep;
}

export interface ConcludedRun {
  readonly document: AuditDocument;
  readonly coverage: readonly Coverage[];
  readonly broken: readonly BrokenChannel[];
  /** For whoever reads the log. */
  readonly warnings: readonly string[];
}

/**
 * The second half of a conclusion: what was read again counts for the storms, pending changes become findings, channels are told, and the
 * run is closed. Whatever breaks off in between is repeated by the next start under the same ids.
 */
export async function concludeParts(
  watchList: WatchList,
  { plan, parts, again, clock, sleep }: ConcludeRequest,
  ports: { readonly store: HistoryStore } & Pick<RunPorts, "channels" | "openFormer" | "reports">,
): Promise<ConcludedRun> {
  const { store } = ports;
  const pending = untoldOf(await store.pendingChanges(), plan);
  const storms = stormsOf(pending, parts, watchList);
  const second = secondVerdicts(again);
  if (storms.length > 0) await recordStorms(storms, second, plan.run, store);
  const channels = ports.channels.map(({ channel }) => channel);
  await concludeChanges(store, channels, plan.run, createPartsReading(plan, parts, again));
  const closed = (await store.runs({ limit: 20, before: plan.run })).filter(({ status }) => status === "closed");
  const previous = closed[0]?.id ?? null;
  const expected = (name: string): number =>
    closed.flatMap((run) => run.coverage.find(({ repository }) => repository === name) ?? [])[0]?.expected ?? 0;
  const seen = mergeAgain(parts, again);
  const document = await buildSummary(watchList, plan, seen, previous, store, clock);
  const warnings = await writeDueReports(watchList, channels, { id: plan.run, complete: document.run.complete }, ports);
  const former = await ports.openFormer(plan.formerChannels.flatMap((channel) => recallChannel(channel) ?? []));
  const broken = await deliver(store, ports.channels, { run: plan.run, previous, clock, wallClock: clock, sleep, former });
  const byName = new Map(seen.map((part) => [part.repository, part]));
  const coverage = planWork(watchList.repositories).map(({ name }) => coverageOf(name, byName.get(name), expected(name)));
  await store.closeRun({
    id: plan.run,
    finishedAt: document.run.finishedAt,
    complete: document.run.complete,
    coverage,
    watchList: plan.watchList,
    document: formatJsonPieces(document),
    exitCode: exitCodeOf(document, "unknown", previous !== null),
  });
  return { document, coverage, broken, warnings };
}

/** The document of the run; of its releases those that are not signed. */
async function buildSummary(
  watchList: WatchList,
  { run, startedAt }: RunPlan,
  parts: readonly Part[],
  previous: string | null,
  store: HistoryStore,
  clock: () => number,
): Promise<AuditDocument> {
  const findings = await store.findings({ live: false, closedSince: run });
  const told = findings.filter(({ status, resolvedAt }) => status === "open" || status === "acknowledged" || resolvedAt === run);
  const summary = sum(parts);
  const whole = planWork(watchList.repositories).every(({ name }) =>
    parts.some(
      ({ repository, done, coverage }) => repository === name && done && coverage.listed && coverage.expected === coverage.releases,
    ),
  );
  return {
    run: {
      id: run,
      startedAt,
      finishedAt: new Date(clock()).toISOString(),
      previous,
      baseline: previous === null,
      complete: whole && summary.unknown === 0,
    },
    summary,
    repositories: parts.map(({ document }) => document),
    releases: parts.flatMap(({ releases }) => releases),
    findings: told.map(formatFindingDocument),
    registries: mergeTraffic(parts.flatMap(({ traffic }) => traffic)),
  };
}

function sum(parts: readonly Part[]): SummaryDocument {
  const counts = { releases: 0, signed: 0, untrusted: 0, unsigned: 0, unknown: 0, pending: 0, exempt: 0 };
  for (const { summary } of parts) for (const word of Object.keys(counts) as (keyof typeof counts)[]) counts[word] += summary.counts[word];
  return counts;
}

function mergeTraffic(traffic: readonly RegistryTraffic[]): RegistryTraffic[] {
  const add = (left: RegistryTraffic, right: RegistryTraffic): RegistryTraffic => ({
    host: left.host,
    requests: left.requests + right.requests,
    bytes: left.bytes + right.bytes,
    retries: left.retries + right.retries,
    throttled: left.throttled + right.throttled,
    seconds: left.seconds + right.seconds,
  });
  return [...Map.groupBy(traffic, ({ host }) => host).values()].map((ofHost) => ofHost.reduce(add));
}

/** Nobody looked, or not to the end: what was there the last time is expected still, and the next run begins with it. */
function coverageOf(repository: string, part: Part | undefined, expected: number): Coverage {
  if (part?.done) return part.coverage;
  const { releases, judged, unknown } = part?.coverage ?? { releases: 0, judged: 0, unknown: 0 };
  return { repository, listed: false, expected: Math.max(expected, part?.coverage.expected ?? 0), releases, judged, unknown };
}

/** Of a release that was read again, by repository and tag. */
function secondVerdicts(again: readonly AgainPart[]): ReadVerdicts {
  const verdicts = new Map(again.flatMap((part) => part.verdicts.map(([tag, verdict]) => [`${part.repository} ${tag}`, verdict])));
  return (repository, tag) => verdicts.get(`${repository} ${tag}`);
}

/** What the parts of a run read, for changes that wait for it. */
function createPartsReading(plan: RunPlan, parts: readonly Part[], again: readonly AgainPart[]): Reading {
  const audited = new Map(parts.map((part) => [part.repository, { part, tags: new Set(part.tags), notSigned: new Map(part.notSigned) }]));
  const verdictOf = secondVerdicts(again);
  const [planned, held] = [new Set(plan.repositories), new Set(plan.held)];
  return {
    has({ id, repository, tag }, options) {
      if (!planned.has(repository)) return true;
      const found = audited.get(repository);
      if (found === undefined || !found.part.done) return false;
      if (tag === null) return true;
      const second = verdictOf(repository, tag);
      if (second !== undefined) return isDefinitive(second);
      if (!found.tags.has(tag)) return found.part.coverage.listed && found.part.coverage.expected === found.part.coverage.releases;
      return isDefinitive(found.notSigned.get(tag) ?? "signed") && (!options.again || held.has(id));
    },
    watches: (repository, tag) => planned.has(repository) && (tag === undefined || audited.get(repository)?.tags.has(tag) === true),
  };
}
