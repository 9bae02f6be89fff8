import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { ABSENT } from "./action.ts";
import { formatNumber, readNumber } from "./item.ts";
import { SCHEMA_KEY } from "./keys.ts";
import type { HistoryTable } from "./table.ts";

/** Increases with every change of what items mean. */
const SCHEMA_VERSION = 3;

/** Finds out, once each, whether this version may read and write a table. */
interface SchemaGuard {
  readonly beforeReading: () => Promise<void>;
  /** Marks a new or older table, so that no earlier version appends anything that the chain of runs misses. */
  readonly beforeWriting: () => Promise<void>;
}

/** Guards a table by its schema version. @throws SealwatchError `history-newer` if a later version wrote the table. */
export function guardSchema(table: HistoryTable, name: string): SchemaGuard {
  let [readable, writable] = [false, false];
  const find = async (): Promise<void> => {
    const item = await table.get(SCHEMA_KEY);
    const version = item === null ? 0 : readNumber(item, "version");
    if (version > SCHEMA_VERSION) {
      const found = `dynamodb://${name}: it has schema version ${version} and this Sealwatch reads up to ${SCHEMA_VERSION}`;
      throw new SealwatchError("history-newer", `open the history ${found}; install the version that wrote it, or a newer one`);
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
      // Another process, possibly of a later version, may have been first.
      await find();
    },
  };
}
