import { createHash } from "node:crypto";
import type { Change } from "./state.ts";

/**
 * Derives the id of a change, 64 hex digits, from what changed and in which run: a repeated run repeats it, and a later recurrence has its
 * own (architecture section 6).
 */
export function deriveChangeId(
  change: Pick<Change, "repository" | "tag" | "kind" | "cause" | "run" | "about"> & { readonly after: Pick<Change["after"], "digest"> },
): string {
  const about = change.about === undefined ? [] : [change.about];
  const parts = [change.repository, change.tag, change.kind, change.cause, change.after.digest, change.run, ...about];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** More changes than one night finds of one tag, or of a repository itself. */
const CHANGES_OF_ONE_WRITE = 1000;

/**
 * Numbers changes in the order in which they happened, after all changes that were recorded with earlier versions of the state. The order
 * matters if a run reads a release twice, or finds a recovery and an opening; the ids are hashes and do not tell it.
 */
export function inOrder(changes: readonly Change[], version: number): Change[] {
  return changes.map((change, at) => ({ ...change, order: version * CHANGES_OF_ONE_WRITE + at }));
}

/** Compares changes of one tag, or of a repository itself: older runs come first, then the order of {@link inOrder} counts. */
export function compareChanges(left: Change, right: Change): number {
  const numbers = (left.number ?? 0) - (right.number ?? 0);
  if (numbers !== 0) return numbers;
  if (left.run !== right.run) return left.run < right.run ? -1 : 1;
  return (left.order ?? 0) - (right.order ?? 0);
}

/** Crockford's alphabet leaves out I, L, O and U, which people misread: https://www.crockford.com/base32.html */
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const FINDING_ID_CHARACTERS = 8;
const BITS_PER_CHARACTER = 5n;

/** Derives the id of the finding that a change opens: the first 40 bits of the SHA-256 of the change's id, as 8 characters to type. */
export function deriveFindingId(changeId: string): string {
  const bits = createHash("sha256").update(changeId).digest().readBigUInt64BE();
  return Array.from({ length: FINDING_ID_CHARACTERS }, (_, at) => {
    const shift = 64n - BITS_PER_CHARACTER * BigInt(at + 1);
    return CROCKFORD[Number((bits >> shift) & 31n)];
  }).join("");
}
