import type { DatabaseSync } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { readText, type Row } from "./row.ts";
import type { OutboxEntry } from "../state.ts";
import type { OutboxStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { readTelling } from "../findings/telling.ts";

/** The outbox of a SQLite history. Claims are numbers, because ISO times with and without fractions do not compare as text. */
export function openOutbox(database: DatabaseSync): Unwrapped<OutboxStore> {
  const selectUnsent = database.prepare("SELECT entry FROM outbox WHERE sent_at IS NULL ORDER BY run, rowid");
  const selectSent = database.prepare("SELECT entry, sent_at FROM outbox WHERE sent_at IS NOT NULL ORDER BY sent_at, id");
  const claim = database.prepare(
    "UPDATE outbox SET claimed_until = ?1 WHERE id = ?2 AND sent_at IS NULL AND (claimed_until IS NULL OR claimed_until <= ?3)",
  );
  const mark = database.prepare("UPDATE outbox SET sent_at = coalesce(sent_at, ?) WHERE id = ?");
  return {
    unsentOutbox: () => selectUnsent.all().map(readEntry),
    claimOutbox: (id, { now, until }) => claim.run(Date.parse(until), id, Date.parse(now)).changes === 1,
    markSent: (id, sentAt) => {
      if (mark.run(sentAt, id).changes !== 1) throw new SealwatchError("internal", `mark ${id} as sent: the outbox has no such entry`);
    },
    tellings: () => selectSent.all().flatMap((row) => readTelling(readEntry(row), readText(row, "sent_at")) ?? []),
  };
}

function readEntry(row: Row): OutboxEntry {
  return JSON.parse(readText(row, "entry"));
}
