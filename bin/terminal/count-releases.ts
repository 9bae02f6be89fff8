import type { VerdictWord } from "../../lib/history/verdict.ts";

/** A column of a table of releases. An exempt release counts as that alone, so that the columns add up to all releases. */
type Column = VerdictWord | "exempt";

type CountedRelease = { readonly verdict: VerdictWord; readonly exemption: unknown };

const ALWAYS: readonly Column[] = ["signed", "unsigned", "untrusted", "unknown"];

/** Returns the columns of a table: `pending` only if a release is pending. */
export function columnsOf(releases: readonly CountedRelease[]): readonly Column[] {
  return countReleases(releases).pending > 0 ? [...ALWAYS, "pending", "exempt"] : [...ALWAYS, "exempt"];
}

/** Counts releases by column. */
export function countReleases(releases: readonly CountedRelease[]): Record<Column, number> {
  const counts: Record<Column, number> = { signed: 0, unsigned: 0, untrusted: 0, unknown: 0, pending: 0, exempt: 0 };
  for (const { verdict, exemption } of releases) counts[exemption === null ? verdict : "exempt"]++;
  return counts;
}
