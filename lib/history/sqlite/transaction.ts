import type { DatabaseSync } from "node:sqlite";

/** Runs `work` in one transaction that takes the write lock at once, so that what it reads still holds when it writes. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  return within(database, "BEGIN IMMEDIATE", work);
}

/** Runs `work` on one state of the file, whatever other processes write meanwhile. */
export function inSnapshot<T>(database: DatabaseSync, work: () => T): T {
  return within(database, "BEGIN", work);
}

function within<T>(database: DatabaseSync, begin: string, work: () => T): T {
  database.exec(begin);
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk or a lost connection has rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
