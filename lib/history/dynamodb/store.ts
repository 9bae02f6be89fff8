import { loadChainHead, loadHeadSignatures, loadUncovered, saveHeadSignature } from "./chain.ts";
import { holdChanges, loadChanges, loadHeldChanges, loadObservations, loadPendingChanges } from "./changes.ts";
import { translateError } from "./errors.ts";
import { loadEvidence, saveEvidence } from "./evidence.ts";
import { conclude, loadFindings, loadFindingsByPrefix, saveFinding } from "./findings.ts";
import { claimEntry, loadTellings, loadUnsent, markSent } from "./outbox.ts";
import { record } from "./record.ts";
import { abandonRun, closeRun, loadDocument, loadRuns, openRun } from "./runs.ts";
import { guardSchema } from "./schema.ts";
import { loadRepository } from "./states.ts";
import { openTable, type DynamodbSurroundings } from "./table.ts";
import type { HistoryStore } from "../store.ts";

/**
 * A history in one DynamoDB table of the definition `HISTORY_TABLE`, which is not created here. Any number of processes may have it open.
 * Opening asks nothing; the first operation finds out whether table and schema can be used. The client stays the caller's: closing the
 * store leaves it open.
 *
 * Documents of runs are kept for 90 days rather than for a number of runs, since it is DynamoDB that removes them.
 * Every failure is a SealwatchError `history` that names the table and a remedy, or one of those that the port names.
 */
export function openDynamodbHistory(surroundings: DynamodbSurroundings): HistoryStore {
  const table = openTable(surroundings);
  const guard = guardSchema(table, surroundings.table);
  const translate = async (operation: string, error: unknown): Promise<unknown> => {
    // A region that is not set is an error of its own, which must not hide the one that is to be told.
    const region = await surroundings.client.config.region().catch(() => null);
    return translateError(error, { table: surroundings.table, region, operation });
  };
  const call = async <T>(operation: string, ready: () => Promise<void>, work: () => Promise<T>): Promise<T> => {
    try {
      await ready();
      return await work();
    } catch (error) {
      throw await translate(operation, error);
    }
  };
  const read = <T>(work: () => Promise<T>): Promise<T> => call("read", guard.beforeReading, work);
  const write = <T>(work: () => Promise<T>): Promise<T> => call("write", guard.beforeWriting, work);
  return {
    openRun: (run) => write(() => openRun(table, run)),
    runs: (options) => read(() => loadRuns(table, options)),
    closeRun: (run) => write(() => closeRun(table, run)),
    loadDocument: (id) => read(() => loadDocument(table, id)),
    abandonRun: (id) => write(() => abandonRun(table, id)),
    chainHead: () => read(() => loadChainHead(table)),
    saveHeadSignature: (signature) => write(() => saveHeadSignature(table, signature)),
    headSignatures: () => read(() => loadHeadSignatures(table)),
    unchained: () =>
      read(async () => {
        const { uncovered } = await loadUncovered(table, await loadChainHead(table));
        return new Map(uncovered.map(({ name, hash }) => [name, hash]));
      }),
    loadRepository: (name) => read(() => loadRepository(table, name)),
    record: (name, states) => write(() => record(table, name, states)),
    pendingChanges: () => read(() => loadPendingChanges(table)),
    holdChanges: (changes) => write(() => holdChanges(table, changes)),
    heldChanges: () => read(() => loadHeldChanges(table)),
    conclude: (conclusion) => write(() => conclude(table, conclusion)),
    findings: (options) => read(() => loadFindings(table, options)),
    findingsByPrefix: (prefix) => read(() => loadFindingsByPrefix(table, prefix)),
    saveFinding: (finding, outbox = []) => write(() => saveFinding(table, finding, outbox)),
    unsentOutbox: () => read(() => loadUnsent(table)),
    claimOutbox: (id, claim) => write(() => claimEntry(table, id, claim)),
    markSent: (id, sentAt) => write(() => markSent(table, id, sentAt)),
    tellings: () => read(() => loadTellings(table)),
    changes: (name) => read(() => loadChanges(table, name)),
    async *observations(name, { until }) {
      try {
        await guard.beforeReading();
        yield* loadObservations(table, name, until ?? null);
      } catch (error) {
        throw await translate("read", error);
      }
    },
    saveEvidence: (evidence) => write(() => saveEvidence(table, evidence)),
    loadEvidence: (digest) => read(() => loadEvidence(table, digest)),
    close: async () => undefined,
  };
}
