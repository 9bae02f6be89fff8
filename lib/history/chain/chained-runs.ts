import type { Digest } from "../../oci/digest.ts";
import { isIntact, type ChainHead } from "./run-link.ts";
import type { RunId } from "../state.ts";
import type { RunLink, RunRecord } from "../run-record.ts";
import type { RunStore } from "../store.ts";
import { readRunsBackwards } from "../past/read-runs-backwards.ts";

/** Something that is not as it was when a run was closed. */
export interface ChainFault {
  readonly run: RunId;
  /** `added`: it was not there when the run was closed. */
  readonly kind: "changed" | "missing" | "added";
  /** What of the run is at fault, for people: a sentence without a stop. */
  readonly detail: string;
}

/** What the chain needs of a closed run: coverage, which may be long, is left out. */
export interface ChainedRun {
  readonly id: RunId;
  readonly finishedAt: string | null;
  readonly watchList: Digest | null;
  readonly link: RunLink;
}

interface ReadRuns {
  /** In the order in which the runs were closed. */
  readonly chained: readonly ChainedRun[];
  /** The number of closed runs from before the chain began. */
  readonly unchained: number;
  /** All runs that the chain does not hold. */
  readonly loose: readonly RunRecord[];
  /** Every repository that a run covered. */
  readonly repositories: ReadonlySet<string>;
  readonly faults: readonly ChainFault[];
}

/** Reads all runs of a history, and compares each with its own hash. */
export async function readRuns(store: RunStore): Promise<ReadRuns> {
  const chained: ChainedRun[] = [];
  const [loose, closed]: [RunRecord[], RunRecord[]] = [[], []];
  const repositories = new Set<string>();
  const faults: ChainFault[] = [];
  for await (const run of readRunsBackwards(store)) {
    const { status, link, ...record } = run;
    for (const { repository } of record.coverage) repositories.add(repository);
    if ((await store.loadRun(run.id))?.number !== run.number)
      faults.push({ run: run.id, kind: "changed", detail: "its name does not lead to it any more" });
    if (link !== null && Number.isSafeInteger(link.position)) {
      chained.push({ id: run.id, finishedAt: run.finishedAt, watchList: run.watchList, link });
      if (status === "closed" && isIntact(record, link)) continue;
      faults.push({ run: run.id, kind: "changed", detail: "its record is not the one that it was closed with" });
    } else {
      loose.push(run);
      if (status === "closed") closed.push(run);
    }
  }
  chained.sort((left, right) => left.link.position - right.link.position);
  const begin = chained[0]?.finishedAt ?? null;
  const late = closed.filter((run) => run.link !== null || !isFromBefore(run, begin));
  for (const { id } of late) faults.push({ run: id, kind: "changed", detail: "it is closed, but its link to the run before is gone" });
  return { chained, unchained: closed.length - late.length, loose, repositories, faults };
}

/** Whether a run without a link can be from before the chain began: it ended before that, and not before the time that it is for. */
function isFromBefore({ id, finishedAt }: RunRecord, begin: string | null): boolean {
  if (begin === null) return true;
  const end = Date.parse(finishedAt ?? "");
  return end < Date.parse(begin) && end >= Date.parse(id);
}

/** Finds the faults of the chain itself: each run must hold the hash of the run before it, and the head that of the last run. */
export function findBrokenLinks(chained: readonly ChainedRun[], head: ChainHead | null): ChainFault[] {
  const faults: ChainFault[] = [];
  let last: ChainedRun | null = null;
  for (const run of chained) {
    const { position, before } = run.link;
    const expected: number = (last?.link.position ?? 0) + 1;
    if (position > expected) faults.push(newMissing(before?.run ?? run.id, position - expected, run.id));
    else if (position < expected || (before?.run ?? null) !== (last?.id ?? null))
      faults.push({ run: run.id, kind: "changed", detail: "its link names another run before it" });
    else if (last !== null && before?.hash !== last.link.hash)
      faults.push({ run: last.id, kind: "changed", detail: `its hash is not the one that the next run, ${run.id}, holds` });
    last = run;
  }
  const [end, lastPosition] = [head?.position ?? 0, last?.link.position ?? 0];
  if (head !== null && end > lastPosition) faults.push(newMissing(head.run, end - lastPosition, null));
  else if (last !== null && (head === null || end < lastPosition || !isHead(head, last)))
    faults.push({ run: last.id, kind: "changed", detail: "it was closed last, but the head of the chain names another" });
  return faults;
}

function newMissing(run: RunId, count: number, next: RunId | null): ChainFault {
  const others = count === 1 ? "" : `, with ${count - 1} closed before it`;
  const which = next === null ? "the run that was closed last" : `the run that was closed before ${next}`;
  return { run, kind: "missing", detail: `it is gone: it was ${which}${others}` };
}

function isHead({ run, hash, roll }: ChainHead, { id, link }: ChainedRun): boolean {
  return run === id && hash === link.hash && roll === link.roll;
}
