import { SealwatchError } from "../oci/sealwatch-error.ts";

/** Whether a write was refused because somebody else wrote the same since it was read. */
export function isConflict(error: unknown): boolean {
  return error instanceof SealwatchError && error.code === "history-conflict";
}

/**
 * Does the work again while it meets a conflict, at most so many times in all. The work must read again what it writes; it is given the
 * number of the attempt, from 1 on.
 * @throws SealwatchError `history-conflict` of the last attempt, and at once whatever else the work throws.
 */
export async function retryConflict<T>(attempts: number, work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isConflict(error) || attempt >= attempts) throw error;
    }
  }
}
