import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { isLive } from "../findings/finding-life.ts";
import { inTransaction } from "./transaction.ts";
import { readFinding } from "./read-rows.ts";
import { readInteger } from "./row.ts";
import { prepareRunGuard } from "./run-guard.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import type { Finding, OutboxEntry, RunId } from "../state.ts";
import type { FindingStore } from "../store.ts";

/** Findings of a SQLite history, and the transaction that turns pending changes into them. */
export function openFindings(database: DatabaseSync): Unwrapped<FindingStore> {
  const selectChange = database.prepare("SELECT 1 FROM change WHERE id = ?");
  const appendChange = database.prepare("INSERT INTO change VALUES (?, ?, ?, ?)");
  const clearPending = database.prepare("DELETE FROM pending_change WHERE id = ?");
  const insertEntry = database.prepare("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, NULL, ?)");
  const insertFinding = database.prepare(
    "INSERT OR IGNORE INTO finding (id, version, live, opened_at, closed_at, finding, number) VALUES (?, 1, ?, ?, ?, ?, ?)",
  );
  const updateFinding = database.prepare(
    "UPDATE finding SET version = version + 1, live = ?, opened_at = ?, closed_at = ?, finding = ?, number = ? WHERE id = ? AND version = ?",
  );
  const select = database.prepare(
    "SELECT id, version, finding FROM finding WHERE live = 1 OR (?1 AND (?2 IS NULL OR closed_at >= ?2)) ORDER BY opened_at DESC, id",
  );
  const selectByPrefix = database.prepare(
    "SELECT id, version, finding FROM finding WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 2",
  );

  const guard = prepareRunGuard(database);
  const newest = database.prepare("SELECT coalesce(max(number), 0) AS number FROM run");
  // What a person says of a finding is covered by the link of the next run.
  const numberOf = (run: RunId | undefined): number => (run === undefined ? readInteger(newest.get()!, "number") + 1 : guard(run));

  const write = (finding: Finding, number: number): void => {
    const { version, ...kept } = finding;
    const live = Number(isLive(finding));
    const text = JSON.stringify(kept);
    const { changes } =
      version === 0
        ? insertFinding.run(finding.id, live, finding.openedAt, finding.resolvedAt, text, number)
        : updateFinding.run(live, finding.openedAt, finding.resolvedAt, text, number, finding.id, version);
    if (changes !== 1) {
      throw new SealwatchError("history-conflict", `save finding ${finding.id}: it was changed since it was read`, { retryable: true });
    }
  };

  const send = (outbox: readonly OutboxEntry[]): void => {
    for (const entry of outbox) insertEntry.run(entry.id, entry.run, entry.sentAt, JSON.stringify(entry));
  };

  return {
    conclude: ({ changes, findings, outbox, run }) =>
      inTransaction(database, () => {
        const number = numberOf(run);
        if (changes.some(({ id }) => selectChange.get(id) !== undefined)) return false;
        for (const change of changes) {
          appendChange.run(change.id, change.repository, change.run, JSON.stringify(change));
          clearPending.run(change.id);
        }
        for (const finding of findings) write(finding, number);
        send(outbox);
        return true;
      }),
    findings: ({ live, closedSince = null }) => select.all(Number(!live), closedSince).map(readFinding),
    findingsByPrefix: (prefix) => selectByPrefix.all(prefix).map(readFinding),
    saveFinding: (finding, outbox = [], run) =>
      inTransaction(database, () => {
        write(finding, numberOf(run));
        send(outbox);
      }),
  };
}
