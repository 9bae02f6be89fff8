import type { SQLOutputValue } from "node:sqlite";
import { SealwatchError } from "../../oci/sealwatch-error.ts";

/** One row of a query, by column. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** Reads a text column. @throws SealwatchError `internal` if the column is not text: the query and its reader disagree. */
export function readText(row: Row, column: string): string {
  return demand(readNullableText(row, column), column, "text");
}

/** Reads a text column that may be null. */
export function readNullableText(row: Row, column: string): string | null {
  const value = row[column];
  if (value === null || typeof value === "string") return value;
  throw mismatch(column, "text or null");
}

/** Reads an integer column. */
export function readInteger(row: Row, column: string): number {
  return demand(readNullableInteger(row, column), column, "an integer");
}

/** Reads an integer column that may be null. */
export function readNullableInteger(row: Row, column: string): number | null {
  const value = row[column];
  if (value === null || typeof value === "number") return value;
  throw mismatch(column, "an integer or null");
}

/** Reads a BLOB column. */
export function readBytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw mismatch(column, "bytes");
}

function demand<T>(value: T | null, column: string, expected: string): T {
  if (value === null) throw mismatch(column, expected);
  return value;
}

function mismatch(column: string, expected: string): SealwatchError {
  return new SealwatchError("internal", `read the history: the column ${column} is not ${expected}`);
}
