import { auditAgainInCall, auditInCall } from "../../lib/audit/audit-call.ts";
import { AUDIT_LIMITS } from "../../lib/audit/audit-limits.ts";
import type { AuditPorts } from "../../lib/audit/audit-ports.ts";
import { answerAgain } from "../../lib/audit/conclude/answer-again.ts";
import { concludeInCalls, type ConclusionPhase, type ConclusionStep } from "../../lib/audit/conclude/conclude-in-calls.ts";
import { groupWork } from "../../lib/audit/group-work.ts";
import { openKeptParts } from "../../lib/audit/kept-parts.ts";
import { runIdOf } from "../../lib/audit/open-run.ts";
import { planRun } from "../../lib/audit/plan-run.ts";
import { planWork } from "../../lib/audit/release-night.ts";
import type { RunTexts } from "../../lib/history/dynamodb/run-texts.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { ChannelPort, ToldEntry } from "../../lib/notification/channels/delivery-port.ts";
import type { RegistryClients } from "../../lib/registry/repository-client.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { MANNER } from "../../lambdas/doors/manner.ts";
import { openKeptTexts } from "./kept-texts.ts";
import { CHANNEL, nextTurn, nightAt, openClients, ReportShelf, type Night, type NightOptions } from "./night.ts";

/** What only a night in calls can be told. */
export interface CallScript {
  /** Each call ends after so many releases. */
  readonly judgedAtOnce?: number;
  /** Repositories whose audit fails each time. */
  readonly broken?: readonly string[];
  /** Repositories whose audit breaks off after its first call. */
  readonly cutOff?: readonly string[];
  /** Ends when everything is audited and nothing concluded. */
  readonly dies?: true;
  readonly beforeSecondLook?: () => void;
  /** The calls of the second look end before they have read anything. */
  readonly secondLookEnds?: true;
  /** What the calls leave for each other, if a later start is to find it although its store is another object. */
  readonly texts?: RunTexts;
}

export interface NightInCalls extends Night {
  readonly calls: number;
  readonly again: readonly { readonly repository: string; readonly nth: number; readonly tags: readonly string[] }[];
  readonly step: Extract<ConclusionStep, { kind: "closed" }>;
}

const TEXTS = new WeakMap<HistoryStore, RunTexts>();

function textsOf(store: HistoryStore): RunTexts {
  const texts = TEXTS.get(store) ?? openKeptTexts();
  TEXTS.set(store, texts);
  return texts;
}

/**
 * One night as functions with a time limit work through it, in the order of the state machine: plan, audit in parts, conclude, look again,
 * conclude. The functions' handlers call the same.
 */
export async function auditNightInCalls(
  given: WatchList,
  store: HistoryStore,
  n: number,
  options: NightOptions & CallScript = {},
): Promise<NightInCalls> {
  const now = options.now ?? nightAt(n);
  const texts = options.texts ?? textsOf(store);
  const told = options.told ?? [];
  const clock = (): number => now + (options.takes ?? 0);
  const channel = { ...(given.channels[0] ?? CHANNEL), remindSeconds: options.remindSeconds ?? null };
  const port = { channel, send: (entries: readonly ToldEntry[]) => Promise.resolve(void told.push(...entries)) };
  const run = runIdOf(now);
  const kept = openKeptParts(texts, run);

  const earlier = await kept.findPlan();
  const asked = openClients(options.retries ?? 0, options.timeoutSeconds, undefined, options.registries);
  const replanned = earlier === null ? {} : { planned: earlier.repositories };
  const planned = await planRun(given, { now, scheduled: true, wallClock: () => now, only: null, ...replanned }, { store, clients: asked });
  await asked.close();
  const list = planned.watchList;
  // One watch list a test: which one a plan names is no part of it.
  if (earlier === null) await kept.savePlan({ ...planned.plan, packed: digestOf("") });
  const request = { run, number: planned.plan.number, now, clock, manner: MANNER };
  const shared = { store, trust: options.trust ?? createTrustStore(new Map(), now), limits: options.limits ?? AUDIT_LIMITS };
  let calls = 0;
  /** Each call has connections of its own, as a function has. */
  const call = async <T>(work: (ports: AuditPorts) => Promise<T>, signal: AbortSignal, onJudged: () => void): Promise<T> => {
    const clients: RegistryClients = openClients(
      options.retries ?? 0,
      options.timeoutSeconds,
      (host) => options.caches?.includes(host) === true,
      options.registries,
    );
    calls++;
    const progress: AuditPorts["progress"] = (event) => {
      if (event.phase === "judging") onJudged();
      options.progress?.(event);
    };
    try {
      return await work({ ...shared, clients, signal, progress });
    } finally {
      await clients.close();
    }
  };
  const items = planWork(list.repositories);
  const isNamed = (names: readonly string[] | undefined, name: string): boolean => names?.some((end) => name.endsWith(end)) === true;

  for (const name of groupWork(planned, list).flatMap(({ repositories }) => repositories)) {
    if (isNamed(options.broken, name)) continue;
    for (let done = false; !done;) {
      const before = await kept.loadPart(name);
      if (before?.done) break;
      const controller = new AbortController();
      let judged = 0;
      const onJudged = (): void => {
        if (++judged >= (options.judgedAtOnce ?? Infinity)) controller.abort();
      };
      const item = items.find((one) => one.name === name)!;
      const part = await call((ports) => auditInCall(item, list, request, ports, before), controller.signal, onJudged);
      done = (await kept.savePart(part)) || isNamed(options.cutOff, name);
    }
    options.afterAudit?.();
  }
  if (options.dies) throw new Error("died before its conclusion");

  const conclude = (phase: ConclusionPhase): Promise<ConclusionStep> =>
    concludeInCalls(
      { run, phase, manner: MANNER, clock, sleep: nextTurn },
      {
        store,
        texts,
        reports: options.reports ?? new ReportShelf(),
        openChannels: (channels) => Promise.resolve(openAll(channels, port, options.channels ?? [])),
        loadWatchList: () => Promise.resolve(withChannels(list, channel, options.channels ?? [])),
      },
    );
  let step = await conclude("first");
  const again = step.kind === "look-again" ? step.look : [];
  if (step.kind === "look-again") {
    options.beforeSecondLook?.();
    for (const { repository, nth, tags } of again) {
      const item = items.find(({ name }) => name === repository)!;
      const ending = options.secondLookEnds === true ? AbortSignal.abort() : new AbortController().signal;
      const read = await call(
        (ports) => auditAgainInCall(item, tags, list, request, ports),
        ending,
        () => undefined,
      );
      await kept.saveAgain(read, nth);
    }
    step = await conclude("last");
  }
  // The command line refuses such a run; functions leave it to the later one.
  if (step.kind !== "closed") throw new SealwatchError("history", `the run of ${run} was ${step.kind}`);
  const record = await store.loadRun(run);
  const { document, exitCode } = await answerAgain(record!, store);
  return { document, exitCode, told, warnings: step.warnings, calls, again, step };
}

function withChannels(list: WatchList, own: ChannelPort["channel"], others: readonly ChannelPort[]): WatchList {
  return { ...list, channels: [own, ...others.map(({ channel }) => channel)] };
}

/** The channel that listens stands for every channel that no test opened. */
function openAll(channels: readonly ChannelPort["channel"][], listening: ChannelPort, others: readonly ChannelPort[]): ChannelPort[] {
  return channels.map((channel) => others.find((port) => port.channel.name === channel.name) ?? { ...listening, channel });
}
