import { createHash } from "node:crypto";
import type { Change } from "./state.ts";

/**
 * Id of a change, 64 hex digits: derived from what changed and in which run, so that a repeated run repeats it
 * and a later recurrence has its own (architecture section 6).
 */
export function deriveChangeId(
  change: Pick<Change, "repository" | "tag" | "kind" | "cause" | "run" | "about"> & { readonly after: Pick<Change["after"], "digest"> },
): string {
  const about = change.about === undefined ? [] : [change.about];
  const parts = [change.repository, change.tag, change.kind, change.cause, change.after.digest, change.run, ...about];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** More than one night finds of one tag, or of a repository itself. */
const CHANGES_OF_ONE_WRITE = 1000;

/**
 * The changes in the order in which they happened, after all that were recorded before with the state of this version: a second reading in
 * the same run, and a recovery beside an opening, mean something else the other way round. Ids are hashes and keep no order.
 */
export function inOrder(changes: readonly Change[], version: number): Change[] {
  return changes.map((change, at) => ({ ...change, order: version * CHANGES_OF_ONE_WRITE + at }));
}

/** Compares changes of one tag, or of a repository itself: older runs first, then as {@link inOrder} says. */
export function compareChanges(left: Change, right: Change): number {
  if (left.run !== right.run) return left.run < right.run ? -1 : 1;
  return (left.order ?? 0) - (right.order ?? 0);
}

/** Crockford's alphabet has no I, L, O and U, which people misread: https://www.crockford.com/base32.html */
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const FINDING_ID_CHARACTERS = 8;
const BITS_PER_CHARACTER = 5n;

/** Id of the finding that a change opens: 8 characters that a person can type, the first 40 bits of the id's SHA-256. */
export function deriveFindingId(changeId: string): string {
  const bits = createHash("sha256").update(changeId).digest().readBigUInt64BE();
  return Array.from({ length: FINDING_ID_CHARACTERS }, (_, at) => {
    const shift = 64n - BITS_PER_CHARACTER * BigInt(at + 1);
    return CROCKFORD[Number((bits >> shift) & 31n)];
  }).join("");
}
