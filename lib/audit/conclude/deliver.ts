import type { Finding, OutboxEntry, RunId } from "../../history/state.ts";
import type { HistoryStore } from "../../history/store.ts";
import type { BrokenChannel } from "../../notification/broken-channel-text.ts";
import type { ChannelPort, Delivery, ToldEntry } from "../../notification/channels/delivery-port.ts";
import { selectChannels } from "../../watchlist/select/select-channels.ts";
import { CLAIM_MILLISECONDS, openClaims, type OutboxClaims } from "./outbox-claims.ts";

/** Waits, and lets everything else work. Resolves at once if the signal or the run is aborted. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** When messages are delivered, and by which run. */
export interface DeliveryRequest {
  readonly run: RunId;
  /** The previous closed run, or null. Broken channels are reported once a day. */
  readonly previous: RunId | null;
  /** Reads the time that the run is in, epoch milliseconds. */
  readonly clock: () => number;
  /** Reads the time of day, epoch milliseconds. */
  readonly wallClock: () => number;
  readonly sleep: Sleep;
  /** Channels that the watch list named until now. They get what is addressed to them for the last time. */
  readonly former?: readonly ChannelPort[];
  /** True if the run has already reported which channels are broken. */
  readonly isRepeated?: boolean;
}

/**
 * Hands unsent entries, of any run, to their channels: one message for each channel, all of them at once (step 10, second half). An entry
 * is marked sent only after its channel took it. After a crash it is sent again under the same id, and nothing is lost. A channel that
 * fails keeps its entries for the next run and does not hold up the others; they are told, and it is returned. Entries for a channel that
 * the watch list no longer names go to the remaining channels.
 */
export async function deliver(store: HistoryStore, ports: readonly ChannelPort[], request: DeliveryRequest): Promise<BrokenChannel[]> {
  const broken: BrokenChannel[] = [];
  for (let poll = 0; ; poll++) {
    const failed = new Set(broken.map(({ channel }) => channel));
    const round = await deliverOnce(store, ports, failed, request);
    broken.push(...round.broken);
    // Somebody else is sending the rest, or died while sending. The run does not end before that is known.
    if (!round.waits || poll >= POLLS) break;
    await request.sleep(POLL_MILLISECONDS);
  }
  if (request.isRepeated) return broken;
  await tellOthers(
    ports,
    broken.filter(({ since }) => since === request.run || isFirstOfDay(request.run, request.previous)),
    new Set(broken.map(({ channel }) => channel)),
    request.run,
  );
  return broken;
}

const POLL_MILLISECONDS = 500;
const POLLS = (CLAIM_MILLISECONDS + 5000) / POLL_MILLISECONDS;
const RENEWAL_MILLISECONDS = CLAIM_MILLISECONDS / 3;
/** An entry that has no finding after so long was concluded in another way. */
const ORPHAN_MILLISECONDS = 2 * 86_400_000;

/** Makes one round over the outbox. `waits` says that somebody else has claimed entries for these channels. */
async function deliverOnce(
  store: HistoryStore,
  ports: readonly ChannelPort[],
  failed: ReadonlySet<string>,
  { run, clock, wallClock, sleep, former = [] }: DeliveryRequest,
): Promise<{ broken: BrokenChannel[]; waits: boolean }> {
  const unsent = await store.unsentOutbox();
  if (unsent.length === 0) return { broken: [], waits: false };
  const findings = await loadFindings(store, unsent);
  const claims = openClaims(store, { clock, wallClock });
  const waiting = await withoutOrphans(unsent, findings, store, clock());
  const all = [...ports, ...former].filter(({ channel }) => !failed.has(channel.name));
  const known = new Set([...ports, ...former].map(({ channel }) => channel.name));
  const dropped = all.length === 0 ? [] : await claims.take(waiting.filter(({ channel }) => !known.has(channel)));
  let taken = 0;
  const sent = await Promise.allSettled(
    all.map(async (port): Promise<BrokenChannel | null> => {
      const own = await claims.take(waiting.filter(({ channel }) => channel === port.channel.name));
      taken += own.length;
      const inherited = dropped.filter((entry) => heirsOf(entry, findings.get(entry.findingId) ?? null, ports).includes(port));
      const told = [...own, ...inherited].map((entry): ToldEntry => ({ entry, finding: findings.get(entry.findingId) ?? null }));
      if (told.length === 0) return null;
      const delivery = { run, droppedChannels: [...new Set(inherited.map(({ channel }) => channel))], broken: [] };
      const reason = await whileRenewing(attempt(port, told, delivery), claims, sleep);
      if (reason !== null) return describeBroken(port, own, reason, run);
      await claims.markSent(told.map(({ entry }) => entry.id));
      return null;
    }),
  );
  // Only the store throws here. Without it, nothing is known of what was sent.
  const lost = sent.find((result) => result.status === "rejected");
  if (lost !== undefined) throw lost.reason as Error;
  await claims.releaseUnsent();
  const names = new Set(all.map(({ channel }) => channel.name));
  const mine = waiting.filter(({ channel }) => names.has(channel));
  return { broken: sent.flatMap((result) => (result.status === "fulfilled" ? (result.value ?? []) : [])), waits: taken < mine.length };
}

async function whileRenewing<T>(work: Promise<T>, claims: OutboxClaims, sleep: Sleep): Promise<T> {
  const over = new AbortController();
  const ended = work.finally(() => over.abort());
  while (!over.signal.aborted) {
    // The end of the work ends the wait, too, so that nothing keeps the process alive.
    await sleep(RENEWAL_MILLISECONDS, over.signal);
    if (!over.signal.aborted) await claims.renew();
  }
  return ended;
}

/** Returns the entries that have something to tell. */
async function withoutOrphans(
  entries: readonly OutboxEntry[],
  findings: ReadonlyMap<string, Finding>,
  store: HistoryStore,
  now: number,
): Promise<OutboxEntry[]> {
  const kept: OutboxEntry[] = [];
  for (const entry of entries) {
    if (entry.summary !== null || findings.has(entry.findingId)) kept.push(entry);
    else if (now - Date.parse(entry.run) > ORPHAN_MILLISECONDS) await store.markSent(entry.id, new Date(now).toISOString());
  }
  return kept;
}

/** Loads the findings of the entries, including closed ones. */
async function loadFindings(store: HistoryStore, entries: readonly OutboxEntry[]): Promise<ReadonlyMap<string, Finding>> {
  // Entries are sorted by run.
  const closedSince = entries[0]!.run;
  const findings = new Map((await store.findings({ live: false, closedSince })).map((finding) => [finding.id, finding]));
  for (const { findingId, summary } of entries) {
    if (summary !== null || findings.has(findingId)) continue;
    for (const finding of await store.findingsByPrefix(findingId)) findings.set(finding.id, finding);
  }
  return findings;
}

/** Returns null if the channel took the message, else why it did not. */
async function attempt(port: ChannelPort, told: readonly ToldEntry[], delivery: Delivery): Promise<string | null> {
  try {
    await port.send(told, delivery);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function describeBroken({ channel }: ChannelPort, own: readonly OutboxEntry[], reason: string, run: RunId): BrokenChannel {
  const runs = [...new Set(own.map((entry) => entry.run))].toSorted();
  return { channel: channel.name, since: runs[0] ?? run, messages: Math.max(1, runs.length), reason };
}

/**
 * Returns the channels that are told in place of one that is gone: those that such messages are addressed to, or all if there are none. A
 * renamed channel has received nothing yet, so it is better that others hear something twice than that nobody hears it.
 */
function heirsOf({ summary }: OutboxEntry, finding: Finding | null, ports: readonly ChannelPort[]): readonly ChannelPort[] {
  const about = finding ?? summary;
  const chosen = about === null ? [] : selectChannels(portChannels(ports), about.severity, [about.facts.owner]);
  return chosen.length === 0 ? ports : ports.filter(({ channel }) => chosen.includes(channel));
}

function portChannels(ports: readonly ChannelPort[]): ChannelPort["channel"][] {
  return ports.map(({ channel }) => channel);
}

/** Tells channels that hear warnings which others are broken. On a terminal, the run itself reports it. */
async function tellOthers(
  ports: readonly ChannelPort[],
  broken: readonly BrokenChannel[],
  failed: ReadonlySet<string>,
  run: RunId,
): Promise<void> {
  if (broken.length === 0) return;
  const healthy = ports.filter(({ channel }) => channel.kind !== "terminal" && !failed.has(channel.name));
  const told = selectChannels(portChannels(healthy), "warning", [null]);
  // If a channel fails now, it has nothing unsent, and the next run tells it again.
  await Promise.all(
    healthy.filter(({ channel }) => told.includes(channel)).map((port) => attempt(port, [], { run, droppedChannels: [], broken })),
  );
}

/** Reports whether a run is the first of its day (UTC). */
function isFirstOfDay(run: RunId, previous: RunId | null): boolean {
  return previous === null || previous.slice(0, 10) !== run.slice(0, 10);
}
