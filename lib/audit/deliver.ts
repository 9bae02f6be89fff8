import { selectChannels } from "../history/address-entries.ts";
import type { Finding, OutboxEntry, RunId } from "../history/state.ts";
import type { HistoryStore } from "../history/store.ts";
import type { BrokenChannel } from "../notification/broken-channel-text.ts";
import type { ChannelPort, Delivery, ToldEntry } from "../notification/delivery-port.ts";
import { openClaims } from "./outbox-claims.ts";

/** When it is delivered, and by which run. */
export interface DeliveryRequest {
  readonly run: RunId;
  /** The closed run before it, or null: what is broken is told once a day. */
  readonly previous: RunId | null;
  /** Reads the time, epoch milliseconds. */
  readonly clock: () => number;
  /** Channels that the watch list named until now: they are sent what is addressed to them, for the last time. */
  readonly former?: readonly ChannelPort[];
}

/** What one channel is to be sent. */
interface Batch {
  readonly port: ChannelPort;
  readonly entries: readonly OutboxEntry[];
  readonly droppedChannels: readonly string[];
}

/**
 * Step 10, second half: hands unsent entries, of any run, to their channels, one message a channel and all channels side by side.
 * An entry is marked sent only after a channel took it: what is repeated after a crash has the same ids, and nothing is lost.
 * A channel that fails keeps its entries for the next run and does not hold up the others; they are told of it, and it is returned.
 * What was meant for a channel that the watch list no longer names goes to the remaining ones.
 */
export async function deliver(
  store: HistoryStore,
  ports: readonly ChannelPort[],
  { run, previous, clock, former = [] }: DeliveryRequest,
): Promise<BrokenChannel[]> {
  const waiting = await store.unsentOutbox();
  if (waiting.length === 0) return [];
  const findings = await loadFindings(store, waiting);
  const claims = openClaims(store, clock);
  const all = [...ports, ...former];

  const dropped =
    ports.length === 0 ? [] : await claims.take(waiting.filter((entry) => all.every(({ channel }) => channel.name !== entry.channel)));
  const sent = await Promise.allSettled(
    all.map(async (port): Promise<BrokenChannel | null> => {
      const own = await claims.take(waiting.filter(({ channel }) => channel === port.channel.name));
      const inherited = dropped.filter((entry) => heirsOf(entry, findings.get(entry.findingId) ?? null, ports).includes(port));
      const batch = { port, entries: [...own, ...inherited], droppedChannels: [...new Set(inherited.map(({ channel }) => channel))] };
      if (batch.entries.length === 0) return null;
      const reason = await send(batch, findings, run);
      if (reason !== null) return describeBroken(port, own, reason, run);
      for (const { id } of batch.entries) await claims.markSent(id);
      return null;
    }),
  );
  // Only the store throws here: without it nothing can be said of what was sent.
  const lost = sent.find((result) => result.status === "rejected");
  if (lost !== undefined) throw lost.reason as Error;
  const broken = sent.flatMap((result) => (result.status === "fulfilled" ? (result.value ?? []) : []));
  await claims.releaseUnsent();
  await tellOthers(
    ports,
    broken.filter(({ since }) => since === run || isFirstOfDay(run, previous)),
    new Set(broken.map(({ channel }) => channel)),
    run,
  );
  return broken;
}

/** The findings that entries are about, closed ones too. */
async function loadFindings(store: HistoryStore, entries: readonly OutboxEntry[]): Promise<ReadonlyMap<string, Finding>> {
  // Sorted by run.
  const closedSince = entries[0]!.run;
  const findings = new Map((await store.findings({ live: false, closedSince })).map((finding) => [finding.id, finding]));
  for (const { findingId, summary } of entries) {
    if (summary !== null || findings.has(findingId)) continue;
    for (const finding of await store.findingsByPrefix(findingId)) findings.set(finding.id, finding);
  }
  return findings;
}

/** Null where the channel took it, else why it did not. */
async function send({ port, entries, droppedChannels }: Batch, findings: ReadonlyMap<string, Finding>, run: RunId): Promise<string | null> {
  const told = entries.map((entry): ToldEntry => ({ entry, finding: findings.get(entry.findingId) ?? null }));
  return attempt(port, told, { run, droppedChannels, broken: [] });
}

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
 * Who is told instead of a channel that is gone: whoever is told such things, and everybody where nobody is. A channel that was only renamed
 * has got nothing yet; the others hear it twice rather than nobody once.
 */
function heirsOf({ summary }: OutboxEntry, finding: Finding | null, ports: readonly ChannelPort[]): readonly ChannelPort[] {
  const about = finding ?? summary;
  const chosen = about === null ? [] : selectChannels(portChannels(ports), about);
  return chosen.length === 0 ? ports : ports.filter(({ channel }) => chosen.includes(channel));
}

function portChannels(ports: readonly ChannelPort[]): ChannelPort["channel"][] {
  return ports.map(({ channel }) => channel);
}

/** Channels that hear warnings are told which others are broken. On a terminal the run itself says it. */
async function tellOthers(
  ports: readonly ChannelPort[],
  broken: readonly BrokenChannel[],
  failed: ReadonlySet<string>,
  run: RunId,
): Promise<void> {
  if (broken.length === 0) return;
  const healthy = ports.filter(({ channel }) => channel.kind !== "terminal" && !failed.has(channel.name));
  const told = selectChannels(portChannels(healthy), { severity: "warning", facts: { owner: null } });
  // A channel that fails now has nothing unsent by it: the next run tells again.
  await Promise.all(
    healthy.filter(({ channel }) => told.includes(channel)).map((port) => attempt(port, [], { run, droppedChannels: [], broken })),
  );
}

/** The first run of its day (UTC). */
function isFirstOfDay(run: RunId, previous: RunId | null): boolean {
  return previous === null || previous.slice(0, 10) !== run.slice(0, 10);
}
