import type { DatabaseSync } from "node:sqlite";
import { packPieces } from "../stored/pack-text.ts";
import { openDatabase, openDatabaseForReading, translateErrors } from "./database.ts";
import { openChanges } from "./changes.ts";
import { openEvidence } from "./evidence.ts";
import { openFindings } from "./findings.ts";
import { openOutbox } from "./outbox.ts";
import { openRuns } from "./runs.ts";
import { openStates } from "./states.ts";
import type { Observation } from "../state.ts";
import type { HistoryReader, HistoryStore } from "../store.ts";

/**
 * A history in one SQLite file, created where it is missing (and `.sealwatch/` with it). Several processes may have it open;
 * one writes at a time and the others wait up to 10 s. After the last `close` the file stands alone.
 * @throws SealwatchError `history` where the file cannot be used, `history-newer` where a later version wrote it.
 */
export function openSqliteHistory(path: string): HistoryStore {
  return openStore(openDatabase(path), path);
}

/**
 * A history in a file that is there, to be read only: not a byte of it changes.
 * @throws SealwatchError `history` where the file cannot be used or an earlier version wrote it, `history-newer` where a later one did.
 */
export function openSqliteHistoryForReading(path: string): HistoryReader & Pick<HistoryStore, "close"> {
  return openStore(openDatabaseForReading(path), path);
}

function openStore(database: DatabaseSync, path: string): HistoryStore {
  const parts = translateErrors(path, "open", () => ({
    ...openRuns(database),
    ...openStates(database),
    ...openChanges(database),
    ...openFindings(database),
    ...openOutbox(database),
    ...openEvidence(database),
  }));
  /** The port is asynchronous, for stores behind a network; what goes wrong here reaches the caller the same way. */
  const call = async <T>(operation: string, work: () => T): Promise<T> => translateErrors(path, operation, work);
  return {
    openRun: (run) => call("write", () => parts.openRun(run)),
    runs: (options) => call("read", () => parts.runs(options)),
    closeRun: async ({ document, ...run }) => {
      const packed = await packPieces(document);
      return call("write", () => parts.closeRun({ ...run, packed }));
    },
    chainHead: () => call("read", () => parts.chainHead()),
    unchained: () => call("read", () => parts.unchained()),
    saveHeadSignature: (signature) => call("write", () => parts.saveHeadSignature(signature)),
    headSignatures: () => call("read", () => parts.headSignatures()),
    loadDocument: (id) => call("read", () => parts.loadDocument(id)),
    abandonRun: (id) => call("write", () => parts.abandonRun(id)),
    loadRepository: (name) => call("read", () => parts.loadRepository(name)),
    record: (name, states) => call("write", () => parts.record(name, states)),
    pendingChanges: () => call("read", () => parts.pendingChanges()),
    holdChanges: (changes) => call("write", () => parts.holdChanges(changes)),
    heldChanges: () => call("read", () => parts.heldChanges()),
    conclude: (conclusion) => call("write", () => parts.conclude(conclusion)),
    findings: (options) => call("read", () => parts.findings(options)),
    findingsByPrefix: (prefix) => call("read", () => parts.findingsByPrefix(prefix)),
    saveFinding: (finding, outbox) => call("write", () => parts.saveFinding(finding, outbox)),
    unsentOutbox: () => call("read", () => parts.unsentOutbox()),
    claimOutbox: (id, claim) => call("write", () => parts.claimOutbox(id, claim)),
    markSent: (id, sentAt) => call("write", () => parts.markSent(id, sentAt)),
    tellings: () => call("read", () => parts.tellings()),
    changes: (name) => call("read", () => parts.changes(name)),
    async *observations(name, { until }) {
      for (let after: Observation | null = null; ;) {
        const from: Observation | null = after;
        const page: Observation[] = await call("read", () => parts.observationsAfter(name, from, until ?? null));
        yield* page;
        after = page.at(-1) ?? null;
        if (after === null) return;
      }
    },
    saveEvidence: (evidence) => call("write", () => parts.saveEvidence(evidence)),
    loadEvidence: (digest) => call("read", () => parts.loadEvidence(digest)),
    close: () => call("close", () => closeDatabase(database)),
  };
}

/** The last connection to close writes the log back into the file and removes it: https://www.sqlite.org/wal.html */
function closeDatabase(database: DatabaseSync): void {
  if (database.isOpen) database.close();
}
