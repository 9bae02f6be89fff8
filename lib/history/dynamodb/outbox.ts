import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { PRESENT, type Action } from "./action.ts";
import { formatJsonText, formatNumber, formatText, readText } from "./item.ts";
import { outboxKey, PARTITION, sentKey, toldKey } from "./keys.ts";
import type { HistoryTable, LoneAction } from "./table.ts";
import type { OutboxEntry } from "../state.ts";
import type { OutboxStore } from "../store.ts";
import type { Unwrapped } from "../stored/wrap-store.ts";
import { readTelling, type Telling } from "../findings/telling.ts";

/** Only a repeated sending reads a sent entry, and it comes within the hour. What was told is kept beside it, in few words. */
const SENT_KEPT_DAYS = 90;

/** The outbox of a history in DynamoDB. An entry that a channel took moves to the sent ones. */
export function openOutbox(table: HistoryTable): Unwrapped<OutboxStore> {
  return {
    unsentOutbox: async () => {
      const entries = await Array.fromAsync(table.query(PARTITION.outbox), (item): OutboxEntry => JSON.parse(readText(item, "entry")));
      return entries.toSorted((a, b) => (a.run < b.run ? -1 : Number(a.run > b.run)));
    },
    // In a transaction, because DynamoDB recognises its repetition by the SDK: otherwise a caller that lost the answer to its claim would
    // lose the claim to itself, and the message would wait for another night. Times are numbers, because ISO times with and without
    // fractions do not compare as text.
    claimOutbox: async (id, { now, until }) => {
      const onlyIf = `${PRESENT} AND (attribute_not_exists(#claimedUntil) OR #claimedUntil <= :now)`;
      const values = { ":until": formatNumber(Date.parse(until)), ":now": formatNumber(Date.parse(now)) };
      const update = "SET #claimedUntil = :until";
      const lost = await table.transact([{ kind: "update", key: outboxKey(id), update, onlyIf, values }]);
      return lost.length === 0;
    },
    markSent: async (id, sentAt) => {
      const item = await table.get(outboxKey(id));
      if (item !== null) {
        const entry = readText(item, "entry");
        const attributes = { entry: formatText(entry), sentAt: formatText(sentAt), ...table.expireAfterDays(SENT_KEPT_DAYS) };
        const lost = await table.transact([
          { kind: "delete", key: outboxKey(id), onlyIf: PRESENT },
          { kind: "put", key: sentKey(id), attributes },
          ...formatTelling(JSON.parse(entry), sentAt),
        ]);
        if (lost.length === 0) return;
      }
      if ((await table.get(sentKey(id))) === null) throw new SealwatchError("internal", `mark ${id} as sent: the outbox has no such entry`);
    },
    tellings: () => Array.fromAsync(table.query(PARTITION.told), (item): Telling => JSON.parse(readText(item, "telling"))),
  };
}

/**
 * Adds an entry, or leaves the existing one as it is, with its claim. A sent entry does not come back, because it is written together with
 * a change or a version of a finding, which is written once.
 */
export function formatOutboxEntry(entry: OutboxEntry): LoneAction {
  const values = { ":entry": formatJsonText(entry) };
  return { kind: "update", key: outboxKey(entry.id), update: "SET #entry = if_not_exists(#entry, :entry)", values };
}

function formatTelling(entry: OutboxEntry, sentAt: string): Action[] {
  const telling = readTelling(entry, sentAt);
  return telling === null ? [] : [{ kind: "put", key: toldKey(entry.id, sentAt), attributes: { telling: formatJsonText(telling) } }];
}
