import type { KeyObject } from "node:crypto";
import { digestOf, type Digest } from "../../oci/digest.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { parseEntryName } from "./chain-entry.ts";
import { findBrokenLinks, readRuns, type ChainedRun, type ChainFault } from "./chained-runs.ts";
import { DamagedRecord } from "../stored/damaged-record.ts";
import { findEvidence } from "../past/find-evidence.ts";
import type { ChainHead } from "./run-link.ts";
import type { RunId } from "../state.ts";
import type { ChainStore, EvidenceStore, FindingStore, PastStore, PendingStore, RunStore, StateStore } from "../store.ts";
import { compareNotedHead, findMissingSignatures, findWrongSignatures, type NotedHead } from "./verify-head.ts";
import { readRolls, verifyEntries } from "./verify-entries.ts";

/** What the verification of a whole history found. */
export interface ChainReport {
  /** The fault of the run that was closed first, or null if every run is whole. */
  readonly fault: ChainFault | null;
  /** The number of runs in the chain, and the earliest and latest time that one of them is for. */
  readonly runs: number;
  readonly from: RunId | null;
  readonly to: RunId | null;
  readonly head: ChainHead | null;
  /** The number of closed runs from before the chain, of which nothing can be said. */
  readonly unchainedRuns: number;
  /** When the first run of the chain was closed: older runs are unchained. */
  readonly chainedSince: string | null;
  /** How many entries the last link left out, because their runs are not over, or were given up since. The next link covers them. */
  readonly waiting: number;
  /** The ids of the findings that people acknowledged, or opened again, since the last link. The next link covers that. */
  readonly acknowledged: readonly string[];
  /** How many observations another start of a closed run wrote again in an older version, so that a later link covers them. */
  readonly rewritten: number;
  /** Whether signatures were verified by a given key. */
  readonly signed: boolean;
}

/** What the chain is compared with. */
type VerifiedStore = RunStore & ChainStore & PastStore & StateStore & PendingStore & FindingStore & EvidenceStore;

/** What the chain is compared with beside its own history. */
interface Witnesses {
  /** The public key of the signatures. */
  readonly key?: KeyObject | null;
  /** Heads that were noted outside of the history. */
  readonly heads?: readonly NotedHead[];
  /** The time of day, epoch milliseconds: nobody can have said anything later. */
  readonly now?: number;
}

/** If somebody writes during the verification, that is no fault, and the chain is verified again, at most so many times in all. */
const ATTEMPTS = 3;

/**
 * Verifies a history by its chain (see README.md in this folder's parent): every closed run by its link, the text of its watch list, its
 * document if that is still kept, everything that the links cover, and that no run is missing. With a key, it verifies the signatures; with
 * heads that were noted outside, that the chain still leads to them. It reads page by page, and holds one line for each entry.
 */
export async function verifyChain(store: VerifiedStore, witnesses: Witnesses = {}): Promise<ChainReport> {
  for (let attempt = 1; ; attempt++) {
    const before = await readEnd(store);
    const report = await verifyReadable(store, before.head, witnesses);
    if (report.fault === null || attempt >= ATTEMPTS) return report;
    if (JSON.stringify(await readEnd(store)) === JSON.stringify(before)) return report;
  }
}

/** What differs if somebody writes during the verification. */
async function readEnd(store: VerifiedStore): Promise<{ head: ChainHead | null; newest: unknown; pending: unknown; live: unknown }> {
  const head = await readUnlessDamaged(() => store.chainHead(), null);
  const newest = await readUnlessDamaged(() => store.runs({ limit: 2 }), []);
  const live = await readUnlessDamaged(() => store.findings({ live: true }), []);
  return {
    head,
    newest: newest.map(({ id, status }) => [id, status]),
    pending: (await store.pendingChanges()).map(({ id }) => id),
    live: live.map(({ id, version }) => [id, version]),
  };
}

/** A head that Sealwatch did not write counts as none: the last run reports it. */
async function readUnlessDamaged<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DamagedRecord) return otherwise;
    throw error;
  }
}

/** If a record cannot be read, it counts as a change of its run, and the rest of the history is not looked at. */
async function verifyReadable(...parts: Parameters<typeof verifyOnce>): Promise<ChainReport> {
  try {
    return await verifyOnce(...parts);
  } catch (error) {
    const [, head] = parts;
    // A record that belongs to no single run was whole when the last run was closed.
    const run = error instanceof DamagedRecord ? (error.run ?? head?.run ?? null) : null;
    if (!(error instanceof DamagedRecord) || run === null) throw error;
    const fault = { run, kind: "changed", detail: `${error.what} is not what was recorded` } as const;
    const nothing = { runs: 0, from: null, to: null, unchainedRuns: 0, chainedSince: null, rewritten: 0, signed: false };
    return { fault, head, waiting: 0, acknowledged: [], ...nothing };
  }
}

async function verifyOnce(
  store: VerifiedStore,
  head: ChainHead | null,
  { key = null, heads = [], now = Infinity }: Witnesses,
): Promise<ChainReport> {
  const { chained, unchained, loose, repositories, faults } = await readRuns(store);
  const expected = await readRolls(chained, (digest) => loadIntact(store, digest));
  const named = [...expected.hashes.keys()].map((name) => parseEntryName(name).repository).filter((name) => name !== "");
  const first = chained[0] ?? null;
  const entries = await verifyEntries(store, [...repositories, ...named, ...(await store.repositories())], {
    expected,
    last: chained.at(-1)?.link ?? null,
    loose: new Map(loose.map((run) => [run.id, run])),
    chained: new Set(chained.map(({ id }) => id)),
    lastClosed: chained.at(-1)?.finishedAt ?? null,
    now,
  });
  const signatures = await store.headSignatures();
  const found = [
    ...faults,
    ...findBrokenLinks(chained, head),
    ...expected.faults,
    ...entries.faults,
    ...(await findChangedTexts(store, chained)),
    ...findMissingSignatures(chained, signatures),
    ...(key === null ? [] : findWrongSignatures(chained, head, signatures, key)),
    ...heads.flatMap((noted) => compareNotedHead(chained, noted)),
  ];
  const times = chained.map(({ id }) => id).toSorted();
  return {
    fault: findFirst(found, chained),
    runs: chained.length,
    from: times[0] ?? null,
    to: times.at(-1) ?? null,
    head,
    unchainedRuns: unchained,
    chainedSince: first?.finishedAt ?? null,
    waiting: entries.waiting,
    acknowledged: entries.acknowledged,
    rewritten: expected.rewritten,
    signed: key !== null,
  };
}

/** Compares watch lists, which are always kept, and documents, which are kept for a while. */
async function findChangedTexts(store: RunStore & EvidenceStore, chained: readonly ChainedRun[]): Promise<ChainFault[]> {
  const faults: ChainFault[] = [];
  const found = new Map<Digest, boolean>();
  for (const { id, watchList, link } of chained) {
    if (watchList !== null) {
      const isThere = found.get(watchList) ?? (await loadIntact(store, watchList)) !== null;
      found.set(watchList, isThere);
      if (!isThere) faults.push({ run: id, kind: "missing", detail: "the watch list that it audited by is gone, or is another" });
    }
    const document = await unlessDamaged(() => store.loadDocument(id), "");
    if (document !== null && digestOf(document) !== link.document)
      faults.push({ run: id, kind: "changed", detail: "its document is not the one that it was closed with" });
  }
  return faults;
}

/** Returns the evidence that a digest names, or null if it is missing or damaged. */
async function loadIntact(store: EvidenceStore, digest: Digest): Promise<Uint8Array | null> {
  const found = await findEvidence(store, digest);
  return found.kind === "kept" ? found.bytes : null;
}

/** Content that cannot be unpacked, or that its digest does not name, is damaged. Content that could not be read accuses nobody. */
async function unlessDamaged<T>(load: () => Promise<T>, damaged: T): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (isDamage(error)) return damaged;
    throw error;
  }
}

/** Errors of zlib have codes of their own: https://nodejs.org/api/errors.html#zlib-errors */
function isDamage(error: unknown): boolean {
  if (error instanceof SealwatchError) return error.code === "history-damaged";
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}

/** Returns the fault of the run that was closed first. The fault of a run outside of the chain counts for the next chained run by time. */
function findFirst(faults: readonly ChainFault[], chained: readonly ChainedRun[]): ChainFault | null {
  const places = new Map(chained.map(({ id }, at) => [id, at]));
  const placeOf = ({ run }: ChainFault): number => places.get(run) ?? chained.findIndex(({ id }) => id > run) - 0.5;
  const placed = faults.map((fault) => ({ fault, place: placeOf(fault) < -0.5 ? Infinity : placeOf(fault) }));
  return placed.toSorted((left, right) => left.place - right.place)[0]?.fault ?? null;
}
