import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../oci/sealwatch-error.ts";
import { inTransaction } from "./sqlite-database.ts";
import { readInteger, readText, type Row } from "./sqlite-row.ts";
import type { Finding } from "./state.ts";
import type { Conclusion } from "./store.ts";

/** Findings of a SQLite history, and the transaction that turns a pending change into them. */
export interface SqliteFindings {
  conclude(conclusion: Conclusion): boolean;
  findings(options: { live: boolean }): Finding[];
  findingsByPrefix(prefix: string): Finding[];
  saveFinding(finding: Finding): void;
}

export function openFindings(database: DatabaseSync): SqliteFindings {
  const appendChange = database.prepare("INSERT OR IGNORE INTO change VALUES (?, ?, ?, ?)");
  const clearPending = database.prepare("DELETE FROM pending_change WHERE id = ?");
  const insertEntry = database.prepare("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, NULL, ?)");
  const insertFinding = database.prepare("INSERT OR IGNORE INTO finding VALUES (?, 1, ?, ?, ?)");
  const updateFinding = database.prepare(
    "UPDATE finding SET version = version + 1, live = ?, opened_at = ?, finding = ? WHERE id = ? AND version = ?",
  );
  const select = database.prepare("SELECT version, finding FROM finding WHERE live >= ? ORDER BY opened_at DESC, id");
  const selectByPrefix = database.prepare("SELECT version, finding FROM finding WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 2");

  const write = (finding: Finding): void => {
    const { version, ...kept } = finding;
    const live = Number(finding.status === "open" || finding.status === "acknowledged");
    const text = JSON.stringify(kept);
    const { changes } =
      version === 0
        ? insertFinding.run(finding.id, live, finding.openedAt, text)
        : updateFinding.run(live, finding.openedAt, text, finding.id, version);
    if (changes !== 1) {
      throw new SealwatchError("history-conflict", `save finding ${finding.id}: it was changed since it was read`, { retryable: true });
    }
  };

  return {
    conclude: ({ change, findings, outbox }) =>
      inTransaction(database, () => {
        if (appendChange.run(change.id, change.repository, change.run, JSON.stringify(change)).changes === 0) return false;
        for (const finding of findings) write(finding);
        for (const entry of outbox) insertEntry.run(entry.id, entry.run, entry.sentAt, JSON.stringify(entry));
        clearPending.run(change.id);
        return true;
      }),
    findings: ({ live }) => select.all(Number(live)).map(readFinding),
    findingsByPrefix: (prefix) => selectByPrefix.all(prefix).map(readFinding),
    saveFinding: (finding) => inTransaction(database, () => write(finding)),
  };
}

function readFinding(row: Row): Finding {
  return { ...JSON.parse(readText(row, "finding")), version: readInteger(row, "version") };
}
