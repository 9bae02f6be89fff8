import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { ABSENT } from "./action.ts";
import { formatNumber, readNumber } from "./item.ts";
import { SCHEMA_KEY } from "./keys.ts";
import type { HistoryTable } from "./table.ts";

/** Counts up with every change of what items mean. */
const SCHEMA_VERSION = 2;

/** Whether a table is one that this version may read, and write. Each is found out once. */
interface SchemaGuard {
  readonly beforeReading: () => Promise<void>;
  /** Marks a table that is new, or that an earlier version wrote: that one must not append to it what the chain of runs does not know. */
  readonly beforeWriting: () => Promise<void>;
}

/** @throws SealwatchError `history-newer` for a table that a later version wrote. */
export function guardSchema(table: HistoryTable, name: string): SchemaGuard {
  let [readable, writable] = [false, false];
  const find = async (): Promise<void> => {
    const item = await table.get(SCHEMA_KEY);
    const version = item === null ? 0 : readNumber(item, "version");
    if (version > SCHEMA_VERSION) {
      throw new SealwatchError(
        "history-newer",
        `open the history dynamodb://${name}: it has schema version ${version} and this Sealwatch reads up to ${SCHEMA_VERSION}; install the version that wrote it, or a newer one`,
      );
    }
    [readable, writable] = [true, version === SCHEMA_VERSION];
  };
  const beforeReading = async (): Promise<void> => {
    if (!readable) await find();
  };
  return {
    beforeReading,
    beforeWriting: async () => {
      await beforeReading();
      if (writable) return;
      const version = formatNumber(SCHEMA_VERSION);
      const onlyIf = `${ABSENT} OR #version < :version`;
      await table.write({ kind: "put", key: SCHEMA_KEY, attributes: { version }, onlyIf, values: { ":version": version } });
      // Another process, of a later version perhaps, may have been first.
      await find();
    },
  };
}
