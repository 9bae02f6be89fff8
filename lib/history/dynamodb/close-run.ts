import { digestOf, type Digest } from "../../oci/digest.ts";
import { nextSpan } from "../chain/link-span.ts";
import { makeLink, type ChainHead, type ClosingRecord } from "../chain/run-link.ts";
import type { RunLink, RunRecord } from "../run-record.ts";
import type { RunStore } from "../store.ts";
import { packPieces, packText } from "../stored/pack-text.ts";
import type { Action } from "./action.ts";
import { findFirstSigned, formatHead, loadChainHead } from "./chain.ts";
import { saveChunks } from "./chunks.ts";
import { collectEntries, listRepositories } from "./covered-entries.ts";
import { saveEvidence } from "./evidence.ts";
import { findRun, listNumbered, listRuns } from "./find-run.ts";
import { formatJsonText, formatNumber, formatText, readOptionalNumber, type Item } from "./item.ts";
import { documentPartition, repositoryNameKey, runKey } from "./keys.ts";
import { readRun } from "./read-run.ts";
import type { HistoryTable } from "./table.ts";

/** At least as many documents as the port promises, if the history runs every night. DynamoDB removes them by itself. */
const DOCUMENT_KEPT_DAYS = 90;
/** A writer that was killed never ends: whoever closes the run waits half a minute for it. */
const WAITS_FOR_WRITERS = 60;
const WAIT_MILLISECONDS = 500;

/**
 * The document is written before the run is closed, so that a closed run has one. It lies under its own digest: if two callers close the
 * run, the document of the first stays whole, and that of the other is never read and expires. The run and the head of the chain are
 * written together: if another run was closed meanwhile, or somebody wrote for this one, the link is made again.
 */
export async function closeRun(table: HistoryTable, run: Parameters<RunStore["closeRun"]>[0]): Promise<RunRecord> {
  const found = readRun(await findRun(table, run.id));
  if (found.status !== "open") return found;
  const { bytes, digest } = await packPieces(run.document);
  const chunks = digestOf(bytes);
  await saveChunks(table, documentPartition(run.id, chunks), bytes, table.expireAfterDays(DOCUMENT_KEPT_DAYS));
  const { document: _document, signs = false, ...closing } = run;
  for (;;) {
    const item = await waitForWriters(table, found.number);
    const { status, link: _link, ...opened } = readRun(item);
    if (status !== "open") return readRun(item);
    const record = { ...opened, ...closing };
    const head = await loadChainHead(table);
    const made = await linkRun(table, record, { document: digest, head, signs });
    const lost = await table.transact([formatClosing(record, made.link, chunks, item), formatHead(made.head, head)]);
    if (lost.length === 0) return readRun(await findRun(table, run.id));
  }
}

/** Reads the run once nobody writes for it any more, or after a while. */
async function waitForWriters(table: HistoryTable, number: number): Promise<Item> {
  for (let waited = 0; ; waited++) {
    const item = (await table.get(runKey(number))) ?? {};
    if (readOptionalNumber(item, "begun") === readOptionalNumber(item, "ended") || waited >= WAITS_FOR_WRITERS) return item;
    await table.sleep(WAIT_MILLISECONDS);
  }
}

interface Linking {
  readonly document: Digest;
  readonly head: ChainHead | null;
  readonly signs: boolean;
}

async function linkRun(
  table: HistoryTable,
  record: ClosingRecord,
  { document, head, signs }: Linking,
): Promise<ReturnType<typeof makeLink>> {
  // Not what the head says of it, which no hash covers.
  const last = head === null ? null : readRun(await findRun(table, head.run)).link;
  const runs = await listSince(table, last);
  const open = runs.filter(({ status }) => status === "open").map(({ number }) => number);
  const span = nextSpan(last, record.number, open);
  const loose = runs.filter(({ link, status }) => link === null && status !== "open");
  const listed = await listRepositories(table);
  const covered = [record, ...(last?.through === undefined ? runs : [])].flatMap(({ coverage }) =>
    coverage.map(({ repository }) => repository),
  );
  if (last?.through === undefined) await addRepositories(table, covered, new Set(listed));
  const entries = await collectEntries(table, { span, last, runs: loose, repositories: [...listed, ...covered] });
  const signedFrom = last?.signedFrom ?? (await findFirstSigned(table)) ?? (signs ? (head?.position ?? 0) + 1 : null);
  const made = makeLink(record, { document, span, entries, head, signedFrom });
  if (made.roll !== null) await saveEvidence(table, new Map([[made.roll.digest, made.roll.bytes]]));
  return made;
}

/** Returns the runs that the last link left out. */
async function listSince(table: HistoryTable, last: RunLink | null): Promise<RunRecord[]> {
  if (last?.through === undefined) return listRuns(table);
  const left = await Promise.all((last.open ?? []).map((number) => table.get(runKey(number))));
  return [...left.flatMap((item) => (item === null ? [] : readRun(item))), ...(await listNumbered(table, last.through + 1))];
}

/** Older versions did not list the repositories. */
async function addRepositories(table: HistoryTable, names: readonly string[], listed: ReadonlySet<string>): Promise<void> {
  for (const name of new Set(names))
    if (!listed.has(name)) await table.write({ kind: "put", key: repositoryNameKey(name), attributes: {} });
}

function formatClosing(record: ClosingRecord, link: RunLink, document: Digest, item: Item): Action {
  const { number, finishedAt, complete, coverage, watchList, exitCode } = record;
  const begun = readOptionalNumber(item, "begun");
  return {
    kind: "update",
    key: runKey(number),
    update:
      "SET #status = :closed, #finishedAt = :finishedAt, #complete = :complete, #coverage = :coverage, #exitCode = :exitCode, #document = :document, #link = :link" +
      (watchList === null ? "" : ", #watchList = :watchList"),
    onlyIf: `#status = :open AND ${begun === null ? "attribute_not_exists(#begun)" : "#begun = :begun"}`,
    values: {
      ":open": formatText("open"),
      ":closed": formatText("closed"),
      ":finishedAt": formatText(finishedAt ?? ""),
      ":complete": { BOOL: complete },
      ":coverage": { B: packText(JSON.stringify(coverage)) },
      ":exitCode": formatNumber(exitCode ?? 0),
      ":document": formatText(document),
      ":link": formatJsonText(link),
      ...(watchList !== null && { ":watchList": formatText(watchList) }),
      ...(begun !== null && { ":begun": formatNumber(begun) }),
    },
  };
}
