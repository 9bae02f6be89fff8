import type { Digest } from "../../oci/digest.ts";
import {
  entryOfChange,
  entryOfFinding,
  entryOfObservation,
  entryOfRun,
  entryOfState,
  isMutable,
  parseEntryName,
  type ChainEntry,
} from "./chain-entry.ts";
import { parseRoll } from "./chain-roll.ts";
import type { ChainedRun, ChainFault } from "./chained-runs.ts";
import { isEventOfSigned, isLive } from "../findings/finding-life.ts";
import { stepsOf, withoutLastStep } from "../findings/finding-steps.ts";
import { isUncovered } from "./link-span.ts";
import type { RunLink, RunRecord } from "../run-record.ts";
import type { Change, Finding, RunId } from "../state.ts";
import type { FindingStore, PastStore, PendingStore, StateStore } from "../store.ts";

/** The entries that must be there according to the chain. */
interface ExpectedEntries {
  /** By name: what the link that counts says of it. */
  readonly hashes: Map<string, { readonly hash: string; readonly closedBy: RunId }>;
  readonly rewritten: number;
  readonly faults: readonly ChainFault[];
}

/** Reads the rolls of all links. `load` returns the bytes that a digest names, or null. */
export async function readRolls(
  chained: readonly ChainedRun[],
  load: (digest: Digest) => Promise<Uint8Array | null>,
): Promise<ExpectedEntries> {
  const hashes: ExpectedEntries["hashes"] = new Map();
  const faults: ChainFault[] = [];
  let rewritten = 0;
  for (const { id, link } of chained) {
    const bytes = link.roll === null ? null : await load(link.roll);
    if (link.roll !== null && bytes === null)
      faults.push({ run: id, kind: "missing", detail: "the list of what was recorded until it was closed is gone, or is another" });
    for (const { name, hash } of bytes === null ? [] : parseRoll(bytes)) {
      const before = hashes.get(name);
      if (before !== undefined && before.hash !== hash && !isMutable(name)) {
        // In older versions, another start of a closed run could write an observation again.
        if (link.through === undefined) rewritten++;
        else faults.push({ run: before.closedBy, kind: "changed", detail: `${describeEntry(name)} is not as it was recorded` });
      }
      hashes.set(name, { hash, closedBy: id });
    }
  }
  return { hashes, rewritten, faults };
}

/** What the entries of a history are compared with. */
interface Comparison {
  readonly expected: ExpectedEntries;
  /** The newest link. */
  readonly last: RunLink | null;
  /** The runs that the chain does not hold, without their coverage. */
  readonly loose: ReadonlyMap<RunId, RunRecord>;
  readonly chained: ReadonlySet<RunId>;
  /** When the newest link was made (ISO), or null. */
  readonly lastClosed: string | null;
  /** The time of day, epoch milliseconds. */
  readonly now: number;
}

interface ComparedEntries {
  readonly faults: readonly ChainFault[];
  /** How many entries are of runs that are not over, or not over for long: the next link covers them. */
  readonly waiting: number;
  /** The findings that people acknowledged, or opened again, since the last link. */
  readonly acknowledged: readonly string[];
}

type EntryStore = PastStore & StateStore & PendingStore & FindingStore;

/**
 * Compares everything that the history holds with what the chain says of it. What no link names is new if it is of a run that the last link
 * left out; if it is of any other run, somebody added it. What a link names and is not there is missing.
 */
export async function verifyEntries(store: EntryStore, repositories: Iterable<string>, comparison: Comparison): Promise<ComparedEntries> {
  const comparer = new EntryComparer(comparison);
  for (const run of comparison.loose.values()) comparer.compareRun(run);
  const listed = new Map((await store.pendingChanges()).map((change) => [change.id, change]));
  const stated = new Set<string>();
  for (const repository of new Set(repositories)) {
    for await (const observation of store.observations(repository, {}))
      comparer.compare(entryOfObservation(repository, observation), observation.run);
    const { repository: own, tags } = await store.loadRepository(repository);
    const pending = [...(own?.pending ?? []), ...[...tags.values()].flatMap((state) => state.pending)];
    for (const tag of [...(own === null ? [] : [null]), ...tags.keys()]) stated.add(`${repository} ${tag}`);
    if (own !== null) comparer.compare(entryOfState(repository, null, own), own.run);
    for (const [tag, state] of tags) comparer.compare(entryOfState(repository, tag, state), state.run);
    for (const change of pending) {
      comparer.compareChange(change, repository);
      comparer.compareLists(change, listed.get(change.id));
      listed.delete(change.id);
    }
    const waits = new Set(pending.map(({ id }) => id));
    for (const change of await store.changes(repository)) if (!waits.has(change.id)) comparer.compareChange(change, repository);
  }
  for (const change of listed.values()) {
    comparer.compareChange(change, change.repository);
    if (stated.has(`${change.repository} ${change.tag}`)) comparer.compareLists(change, undefined);
  }
  const live = new Map((await store.findings({ live: true })).map((finding) => [finding.id, finding]));
  for (const finding of await store.findings({ live: false })) {
    comparer.compareFinding(finding, live.get(finding.id));
    live.delete(finding.id);
  }
  for (const finding of live.values()) comparer.compareFinding(finding, undefined);
  return comparer.end();
}

class EntryComparer {
  readonly #comparison: Comparison;
  readonly #faults = new Map<RunId, ChainFault>();
  readonly #acknowledged: string[] = [];
  readonly #isAnyOpen: boolean;
  #waiting = 0;

  constructor(comparison: Comparison) {
    this.#comparison = comparison;
    this.#isAnyOpen = [...comparison.loose.values()].some((run) => this.#isLeftOut(run));
  }

  /** A run that is not over may end in any way. */
  compareRun(run: RunRecord): void {
    const entry = entryOfRun(run);
    if (this.#isLeftOut(run)) this.#take(entry.name);
    else this.compare(entry, run.id);
  }

  /** `run` is the one that wrote it. */
  compare(entry: ChainEntry, run: RunId): void {
    const wanted = this.#take(entry.name);
    if (wanted?.hash === entry.hash) return;
    const writer = this.#comparison.loose.get(run);
    if (writer !== undefined && this.#isLeftOut(writer) && (wanted === undefined || isMutable(entry.name))) this.#waiting++;
    else if (wanted !== undefined) this.#blame(wanted.closedBy, "changed", `${describeEntry(entry.name)} is not as it was recorded`);
    else if (!this.#isFromBefore(entry.name, run))
      this.#blame(run, "added", `${describeEntry(entry.name)} was not there when the runs were closed`);
  }

  /** `repository` is the one under which it is stored. */
  compareChange(change: Change, repository: string): void {
    if (change.repository === repository) this.compare(entryOfChange(change), change.run);
    else this.#blame(change.run, "changed", `a change of ${change.repository} is stored as one of ${repository}`);
  }

  /** A change that waits is in two lists of a DynamoDB history, which must agree. */
  compareLists(change: Change, listed: Change | undefined): void {
    if (JSON.stringify(change) !== JSON.stringify(listed))
      this.#blame(change.run, "changed", `a change of ${change.repository} that waits to be told is not in all lists as it was recorded`);
  }

  /** `live` is what the list of live findings says of it. */
  compareFinding(finding: Finding, live: Finding | undefined): void {
    const { id, openedAt } = finding;
    if (isLive(finding) ? JSON.stringify(live) !== JSON.stringify(finding) : live !== undefined)
      this.#blame(openedAt, "changed", `the finding ${id} is not in all lists as it was recorded`);
    const { name, hash } = entryOfFinding(finding);
    const wanted = this.#take(name);
    if (wanted?.hash === hash) return;
    if (wanted !== undefined && isOfPeopleSince(finding, wanted.hash, this.#comparison)) this.#acknowledged.push(id);
    else if (this.#isAnyOpen) this.#waiting++;
    else if (wanted !== undefined) this.#blame(wanted.closedBy, "changed", `the finding ${id} is not as it was recorded`);
    else if (this.#comparison.last?.through !== undefined)
      this.#blame(openedAt, "added", `the finding ${id} was not there when the runs were closed`);
  }

  end(): ComparedEntries {
    for (const [name, { closedBy }] of this.#comparison.expected.hashes)
      this.#blame(closedBy, "missing", `${describeEntry(name)} is not there any more`);
    return { faults: [...this.#faults.values()], waiting: this.#waiting, acknowledged: this.#acknowledged };
  }

  #take(name: string): { readonly hash: string; readonly closedBy: RunId } | undefined {
    const { hashes } = this.#comparison.expected;
    const wanted = hashes.get(name);
    hashes.delete(name);
    return wanted;
  }

  /** Whether the last link left out what this run wrote. */
  #isLeftOut({ status, number }: RunRecord): boolean {
    return status !== "closed" && isUncovered(this.#comparison.last, number);
  }

  /** A history that an older version wrote has entries that no link covers. The first link by this version covers what it finds. */
  #isFromBefore(name: string, run: RunId): boolean {
    const { last, chained } = this.#comparison;
    if (last === null) return true;
    return last.through === undefined && (isMutable(name) || !chained.has(run));
  }

  #blame(run: RunId, kind: ChainFault["kind"], detail: string): void {
    if (!this.#faults.has(run)) this.#faults.set(run, { run, kind, detail });
  }
}

/** People and runs have clocks of their own. */
const TOLERATED_MILLISECONDS = 3_600_000;

/**
 * Whether the finding is as the chain says, but for what people said of it since: those are its last steps, each as a command writes it, and
 * none from before the last link or still to come.
 */
function isOfPeopleSince(finding: Finding, hash: string, { lastClosed, now }: Pick<Comparison, "lastClosed" | "now">): boolean {
  const closed = lastClosed === null ? -Infinity : Date.parse(lastClosed);
  // In a replay, or by a wrong clock, the last run may be ahead.
  const from = closed > now ? -Infinity : closed - TOLERATED_MILLISECONDS;
  let [to, present] = [now + TOLERATED_MILLISECONDS, finding];
  for (let earlier = withoutLastStep(present); earlier !== null; earlier = withoutLastStep(present)) {
    const at = Date.parse(stepsOf(present).at(-1)!.at);
    if (!(at >= from && at <= to) || !isSaid(present, earlier)) return false;
    if (entryOfFinding(earlier).hash === hash) return true;
    [to, present] = [at, earlier];
  }
  return false;
}

/** Whether a command for people can have made the one of the other: it acknowledges, or opens again, and no more. */
function isSaid(finding: Finding, before: Finding): boolean {
  const { at } = stepsOf(finding).at(-1)!;
  const { status, acknowledgement, resolvedAt, resolution } = finding;
  if (!isLive(before)) return false;
  if (status === "open") return acknowledgement === null && resolvedAt === null && resolution === null;
  if (acknowledgement?.at !== at) return false;
  if (status === "acknowledged") return resolvedAt === null && resolution === null;
  const said = `acknowledged by ${acknowledgement.owner}: ${acknowledgement.reason}`;
  return status === "resolved" && isEventOfSigned(before) && resolvedAt === at && resolution === said;
}

function describeEntry(name: string): string {
  const { kind, key, repository, run, of } = parseEntryName(name);
  switch (kind) {
    case "observation":
      return `the observation of ${repository}:${of} in ${run}`;
    case "change":
      return `a change of ${repository} in ${run}`;
    case "tag":
      return `the state of ${repository}:${run}`;
    case "repository":
      return `the state of ${repository}`;
    case "run":
      return "its record";
    default:
      return `the finding ${key}`;
  }
}
