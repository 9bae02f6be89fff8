import { readRecordedFinding } from "../stored/damaged-record.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { isLive } from "../findings/finding-life.ts";
import { ABSENT, type Action } from "./action.ts";
import { findNewestNumber, findNumber, formatRunWrite, readWhyOver } from "./run-guard.ts";
import { formatJsonText, formatNumber, readNumber, readText, type Item } from "./item.ts";
import { changeKey, closedKey, findingKey, liveKey, PARTITION, pendingKey, pendingListKey } from "./keys.ts";
import { formatOutboxEntry } from "./outbox.ts";
import { TRANSACTION_LIMIT_ACTIONS, type HistoryTable } from "./table.ts";
import type { Change, Finding, OutboxEntry, RunId } from "../state.ts";
import type { FindingStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { workSideBySide } from "../stored/work-side-by-side.ts";

const SIDE_BY_SIDE = 16;

/**
 * Findings of a history in DynamoDB. Each finding is one item in the partition of all findings, and every condition is on that item. A live
 * finding has a copy in a partition of its own, which is all that an ordinary night reads. A closed finding has a marker under the run that
 * closed it; if the finding opens again, the marker stays, so a reader of markers must look at the finding itself.
 */
export function openFindings(table: HistoryTable): Unwrapped<FindingStore> {
  return {
    conclude: async ({ changes, findings, outbox, run }) => {
      const writer = await findWriter(table, run);
      const log = changes.map(formatConcluded);
      const saved = findings.map((finding) => formatFinding(finding, writer.number));
      const actions = [...log, ...saved.map(({ own }) => own), ...saved.flatMap(({ copies }) => copies), ...changes.flatMap(formatTaking)];
      const lost = await transact(table, actions, outbox, writer);
      if (lost.some((at) => at < log.length)) return false;
      throwIfLost(lost.map((at) => findings[at - log.length]));
      return true;
    },
    saveFinding: async (finding, outbox = [], run) => {
      const writer = await findWriter(table, run);
      const { own, copies } = formatFinding(finding, writer.number);
      const lost = await transact(table, [own, ...copies], outbox, writer);
      throwIfLost(lost.map(() => finding));
    },
    findings: async ({ live, closedSince = null }) => {
      const found = await loadUnordered(table, live, closedSince);
      return found.toSorted((a, b) => compareText(b.openedAt, a.openedAt) || compareText(a.id, b.id));
    },
    findingsByPrefix: async (prefix) => {
      const found: Finding[] = [];
      for await (const item of table.query(PARTITION.findings, { beginsWith: prefix, limit: 2 }))
        if (found.push(readFinding(item)) === 2) break;
      return found;
    },
  };
}

/** Who writes findings. What a person says is covered by the link of the next run. */
interface Writer {
  readonly run: RunId | null;
  readonly number: number;
}

async function findWriter(table: HistoryTable, run: RunId | undefined): Promise<Writer> {
  return run === undefined ? { run: null, number: (await findNewestNumber(table)) + 1 } : { run, number: await findNumber(table, run) };
}

/** Returns the positions of the actions whose condition was not met. @throws SealwatchError `run-over` if the run of the writer is over. */
async function transact(
  table: HistoryTable,
  actions: readonly Action[],
  outbox: readonly OutboxEntry[],
  { run, number }: Writer,
): Promise<readonly number[]> {
  const guarded = run === null || number === 0 ? actions : [...actions, formatRunWrite(number)];
  const lost = await table.transact([...guarded, ...(await fitOutbox(table, guarded.length, outbox))]);
  if (run !== null && guarded !== actions && lost.includes(actions.length)) throw await readWhyOver(table, run, number);
  return lost;
}

/**
 * Returns the outbox entries that fit beside the other actions, and writes the rest before them, each by itself. Nobody tells an entry
 * whose finding does not exist yet, and a repetition repeats the same ids.
 */
async function fitOutbox(table: HistoryTable, taken: number, outbox: readonly OutboxEntry[]): Promise<Action[]> {
  const room = Math.max(0, TRANSACTION_LIMIT_ACTIONS - taken);
  await workSideBySide(outbox.slice(room), SIDE_BY_SIDE, async (entry) => {
    await table.write(formatOutboxEntry(entry));
  });
  return outbox.slice(0, room).map(formatOutboxEntry);
}

async function loadUnordered(table: HistoryTable, live: boolean, closedSince: RunId | null): Promise<Finding[]> {
  if (!live && closedSince === null) return Array.fromAsync(table.query(PARTITION.findings), readFinding);
  const found = new Map<string, Finding>();
  for await (const item of table.query(PARTITION.live)) {
    const finding = readFinding(item);
    found.set(finding.id, finding);
  }
  if (live || closedSince === null) return [...found.values()];
  const markers = await Array.fromAsync(table.query(PARTITION.closed, { from: closedSince }), (item) => readText(item, "finding"));
  // After the live ones, and whether the finding is closed or not: so a finding that closes or opens meanwhile is in one of the two.
  await workSideBySide(new Set(markers), SIDE_BY_SIDE, async (id) => {
    const item = await table.get(findingKey(id));
    const finding = item === null ? null : readFinding(item);
    if (finding !== null && (isLive(finding) || (finding.resolvedAt ?? "") >= closedSince)) found.set(id, finding);
  });
  return [...found.values()];
}

function formatFinding(finding: Finding, number: number): { readonly own: Action; readonly copies: readonly Action[] } {
  const { version, ...kept } = finding;
  const attributes = { version: formatNumber(version + 1), finding: formatJsonText(kept), number: formatNumber(number) };
  const condition = version === 0 ? { onlyIf: ABSENT } : { onlyIf: "#version = :version", values: { ":version": formatNumber(version) } };
  const own: Action = { kind: "put", key: findingKey(finding.id), attributes, ...condition };
  if (isLive(finding)) return { own, copies: [{ kind: "put", key: liveKey(finding.id), attributes }] };
  const copies: Action[] = [{ kind: "delete", key: liveKey(finding.id) }];
  if (finding.resolvedAt !== null)
    copies.push({ kind: "put", key: closedKey(finding, finding.resolvedAt), attributes: { finding: { S: finding.id } } });
  return { own, copies };
}

function formatConcluded(change: Change): Action {
  return { kind: "put", key: changeKey(change), attributes: { change: formatJsonText(change) }, onlyIf: ABSENT };
}

function formatTaking(change: Change): Action[] {
  return [
    { kind: "delete", key: pendingKey(change) },
    { kind: "delete", key: pendingListKey(change) },
  ];
}

function throwIfLost(lost: readonly (Finding | undefined)[]): void {
  const [first] = lost;
  if (first === undefined) return;
  throw new SealwatchError("history-conflict", `save finding ${first.id}: it was changed since it was read`, { retryable: true });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function readFinding(item: Item): Finding {
  return { ...readRecordedFinding(readText(item, "finding"), readText(item, "sk")), version: readNumber(item, "version") };
}
