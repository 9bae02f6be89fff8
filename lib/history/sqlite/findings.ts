import { readRecordedFinding } from "../stored/damaged-record.ts";
import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { entryOfChange } from "../chain/chain-entry.ts";
import { isLive } from "../findings/finding-life.ts";
import { prepareMark } from "./chain.ts";
import { inTransaction } from "./transaction.ts";
import { readInteger, readText, type Row } from "./row.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import type { Finding, OutboxEntry } from "../state.ts";
import type { FindingStore } from "../store.ts";

/** Findings of a SQLite history, and the transaction that turns pending changes into them. */
export function openFindings(database: DatabaseSync): Unwrapped<FindingStore> {
  const selectChange = database.prepare("SELECT 1 FROM change WHERE id = ?");
  const appendChange = database.prepare("INSERT INTO change VALUES (?, ?, ?, ?)");
  const markUnchained = prepareMark(database);
  const clearPending = database.prepare("DELETE FROM pending_change WHERE id = ?");
  const insertEntry = database.prepare("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, NULL, ?)");
  const insertFinding = database.prepare(
    "INSERT OR IGNORE INTO finding (id, version, live, opened_at, closed_at, finding) VALUES (?, 1, ?, ?, ?, ?)",
  );
  const updateFinding = database.prepare(
    "UPDATE finding SET version = version + 1, live = ?, opened_at = ?, closed_at = ?, finding = ? WHERE id = ? AND version = ?",
  );
  const select = database.prepare(
    "SELECT version, finding FROM finding WHERE live = 1 OR (?1 AND (?2 IS NULL OR closed_at >= ?2)) ORDER BY opened_at DESC, id",
  );
  const selectByPrefix = database.prepare("SELECT version, finding FROM finding WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 2");

  const write = (finding: Finding): void => {
    const { version, ...kept } = finding;
    const live = Number(isLive(finding));
    const text = JSON.stringify(kept);
    const { changes } =
      version === 0
        ? insertFinding.run(finding.id, live, finding.openedAt, finding.resolvedAt, text)
        : updateFinding.run(live, finding.openedAt, finding.resolvedAt, text, finding.id, version);
    if (changes !== 1) {
      throw new SealwatchError("history-conflict", `save finding ${finding.id}: it was changed since it was read`, { retryable: true });
    }
  };

  const send = (outbox: readonly OutboxEntry[]): void => {
    for (const entry of outbox) insertEntry.run(entry.id, entry.run, entry.sentAt, JSON.stringify(entry));
  };

  return {
    conclude: ({ changes, findings, outbox }) =>
      inTransaction(database, () => {
        if (changes.some(({ id }) => selectChange.get(id) !== undefined)) return false;
        for (const change of changes) {
          appendChange.run(change.id, change.repository, change.run, JSON.stringify(change));
          markUnchained(entryOfChange(change));
          clearPending.run(change.id);
        }
        for (const finding of findings) write(finding);
        send(outbox);
        return true;
      }),
    findings: ({ live, closedSince = null }) => select.all(Number(!live), closedSince).map(readFinding),
    findingsByPrefix: (prefix) => selectByPrefix.all(prefix).map(readFinding),
    saveFinding: (finding, outbox = []) =>
      inTransaction(database, () => {
        write(finding);
        send(outbox);
      }),
  };
}

function readFinding(row: Row): Finding {
  return { ...readRecordedFinding(readText(row, "finding")), version: readInteger(row, "version") };
}
