import type { Coverage, RunRecord } from "../../history/run-record.ts";
import { isRunOver } from "../../history/stored/run-over.ts";
import type { BrokenChannel } from "../../notification/broken-channel-text.ts";
import type { ChannelPort } from "../../notification/channels/delivery-port.ts";
import type { ReportPort } from "../../scheduled-reports/report-port.ts";
import type { Channel, WatchList } from "../../watchlist/watch-list.ts";
import { concurrencyOf } from "../group-work.ts";
import { openKeptParts, type KeptParts, type KeptPlan } from "../kept-parts.ts";
import type { RunManner } from "../part.ts";
import { concludeRun, type ConclusionPorts } from "./conclude-run.ts";
import type { Records } from "./copy-evidence.ts";
import { findLookAgain, type LookAgain } from "./look-again.ts";
import { recallChannel } from "../../watchlist/record/watch-list-document.ts";
import { deliver, type DeliveryRequest } from "./deliver.ts";

/** `first` may ask for a second look, `last` tells and closes, `late` offers messages to their channels again. */
export type ConclusionPhase = "first" | "last" | "late";

interface PhaseRequest extends Pick<DeliveryRequest, "clock" | "sleep"> {
  readonly run: string;
  readonly phase: ConclusionPhase;
  readonly manner: RunManner;
}

interface PhasePorts extends Records, Pick<ConclusionPorts, "signsHeads"> {
  readonly reports: ReportPort;
  readonly openChannels: (channels: readonly Channel[]) => Promise<readonly ChannelPort[]>;
  /** Loads the watch list that the run was planned by. */
  readonly loadWatchList: (plan: KeptPlan) => Promise<WatchList>;
}

export type ConclusionStep =
  /** A later run has taken over what this run saw, and tells it. */
  | { readonly kind: "taken-over" }
  /** These releases are to be read again, `concurrency` calls at a time. Then the last phase is due. */
  | { readonly kind: "look-again"; readonly look: readonly LookAgain[]; readonly concurrency: number }
  | ClosedStep;

interface ClosedStep {
  readonly kind: "closed";
  readonly watchList: WatchList;
  readonly complete: boolean;
  readonly coverage: readonly Coverage[];
  readonly broken: readonly BrokenChannel[];
  readonly warnings: readonly string[];
  /**
   * What is announced outside of the history. `run`: that the run completed, its summary and its measures. The process that closed a run
   * may have died before announcing it, so this is repeated. `repeat` does the same without counting the run again. `nothing`, if the run
   * is not the newest.
   */
  readonly announce: "run" | "repeat" | "nothing";
}

/** Takes the next step of the conclusion of a run that was audited in calls. Repeating a step tells nothing twice. */
export async function concludeInCalls(request: PhaseRequest, ports: PhasePorts): Promise<ConclusionStep> {
  const { store } = ports;
  const record = await store.loadRun(request.run);
  if (record?.status === "abandoned") return { kind: "taken-over" };
  const kept = openKeptParts(ports.texts, request.run);
  const plan = { ...(await kept.loadPlan()), number: record?.number ?? 0 };
  const watchList = await ports.loadWatchList(plan);
  if (record?.status === "closed") return deliverAgain(record, plan, watchList, request, ports);
  try {
    return await concludeOpen(kept, plan, watchList, request, ports);
  } catch (error) {
    const over = isRunOver(error) ? await store.loadRun(request.run) : null;
    // Another start was faster, or a later run has taken over.
    if (over?.status === "closed") return deliverAgain(over, plan, watchList, request, ports);
    if (over?.status === "abandoned") return { kind: "taken-over" };
    throw error;
  }
}

async function concludeOpen(
  kept: KeptParts,
  plan: KeptPlan,
  watchList: WatchList,
  { phase, manner, clock, sleep }: PhaseRequest,
  { store, reports, openChannels, signsHeads = false }: PhasePorts,
): Promise<ConclusionStep> {
  const parts = (await Promise.all(plan.repositories.map((name) => kept.loadPart(name)))).filter((part) => part !== null);
  const look = phase === "first" ? await findLookAgain(watchList, parts, plan, manner, store) : [];
  if (look.length > 0) {
    const names = look.map(({ repository }) => repository);
    return { kind: "look-again", look, concurrency: concurrencyOf(names, watchList) };
  }
  const [again, channels] = await Promise.all([kept.loadAgain(), openChannels(watchList.channels)]);
  const traffic = [...parts, ...again].flatMap((part) => part.traffic);
  const request = { plan, parts, again, traffic, failOn: "unknown", clock, wallClock: clock, sleep } as const;
  const concluded = await concludeRun(watchList, request, { store, channels, openFormer: openChannels, reports, signsHeads });
  const { coverage, broken, warnings, document } = concluded;
  return { kind: "closed", watchList, complete: document.run.complete, coverage, broken, warnings, announce: "run" };
}

/** Among this many runs, some of which are open, abandoned or partial, there is a full one. */
const RECENT_RUNS = 20;

/** Offers unsent entries, of any run, to their channels again after the run was closed. Nobody is told again which channels are broken. */
async function deliverAgain(
  { id, complete, coverage }: RunRecord,
  plan: KeptPlan,
  watchList: WatchList,
  { phase, clock, sleep }: PhaseRequest,
  { store, openChannels }: PhasePorts,
): Promise<ClosedStep> {
  const channels = await openChannels(watchList.channels);
  const former = await openChannels(plan.formerChannels.flatMap((channel) => recallChannel(channel) ?? []));
  const again = { run: id, previous: null, clock, wallClock: clock, sleep, former, isRepeated: true };
  const broken = await deliver(store, channels, again);
  const recent = await store.runs({ limit: RECENT_RUNS });
  const newest = recent.find(({ status, partial }) => status === "closed" && !partial);
  const announce = newest?.id !== id ? "nothing" : phase === "late" ? "repeat" : "run";
  return { kind: "closed", watchList, complete, coverage, broken, warnings: [], announce };
}
