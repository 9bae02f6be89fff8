import type { RepositoryState } from "../state.ts";

/** What is known of a repository's signing after tonight. */
interface SigningNight {
  readonly previous: RepositoryState | null;
  /** How many releases the first complete listing had, and how many of them have a definitive verdict by now. */
  readonly baseline: { readonly releases: number; readonly judged: number } | null;
  /** Whether a release is signed tonight. */
  readonly signed: boolean;
}

interface SigningComparison {
  /** The next value of {@link RepositoryState.everSigned}. */
  readonly everSigned: boolean;
  /** The next value of {@link RepositoryState.neverSigned}. */
  readonly neverSigned: boolean;
  readonly change: "opened" | "recovered" | null;
}

/**
 * Decides whether a repository has never signed (architecture section 5): its baseline had releases, all of them are judged, and no release
 * was ever signed. It is told once, in place of a finding for each release, until the first release is signed.
 */
export function compareSigning({ previous, baseline, signed }: SigningNight): SigningComparison {
  const everSigned = signed || (previous?.everSigned ?? false);
  const before = previous?.neverSigned ?? false;
  if (everSigned) return { everSigned, neverSigned: false, change: before ? "recovered" : null };
  const neverSigned = before || (baseline !== null && baseline.releases > 0 && baseline.judged === baseline.releases);
  return { everSigned, neverSigned, change: neverSigned && !before ? "opened" : null };
}
