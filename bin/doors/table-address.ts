import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** A table as `--history` names it. */
export interface TableAddress {
  readonly table: string;
  /** Null for the region of the environment. */
  readonly region: string | null;
  /** The bucket in which each run leaves the signed head of the history; null if the address names none. */
  readonly heads: string | null;
}

const SCHEME = "dynamodb:";
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const ADDRESS =
  /^dynamodb:\/\/([A-Za-z0-9_.-]{3,255})(?:\?region=([a-z]{2,}(?:-[a-z0-9]+)+)(?:&heads=([a-z0-9][a-z0-9.-]{1,61}[a-z0-9]))?)?$/;

/** Returns the table of a history, or null for a file. Throws SealwatchError `usage` if the address names no table. */
export function parseTableAddress(history: string): TableAddress | null {
  if (!history.startsWith(SCHEME)) return null;
  const [, table, region = null, heads = null] = ADDRESS.exec(history) ?? [];
  if (table === undefined) {
    throw new SealwatchError(
      "usage",
      `--history ${history}: write dynamodb://TABLE or dynamodb://TABLE?region=REGION (with &heads=BUCKET, as the stack prints it); a table has 3 to 255 letters, digits, _, . and -`,
    );
  }
  return { table, region, heads };
}
