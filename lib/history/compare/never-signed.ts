import type { RepositoryState } from "../state.ts";

/** What is known of a repository's signing after tonight. */
interface SigningNight {
  readonly previous: RepositoryState | null;
  /** The releases of the first complete listing: how many there are, and how many have a definitive verdict by now. */
  readonly baseline: { readonly releases: number; readonly judged: number } | null;
  /** A release is signed tonight. */
  readonly signed: boolean;
}

interface SigningComparison {
  /** To be recorded as {@link RepositoryState.everSigned}. */
  readonly everSigned: boolean;
  /** To be recorded as {@link RepositoryState.neverSigned}. */
  readonly neverSigned: boolean;
  readonly change: "opened" | "recovered" | null;
}

/**
 * Whether a repository has never signed (architecture section 5): its baseline had releases, all are judged, and none was
 * ever signed. Told once instead of a finding a release, until the first signed one.
 */
export function compareSigning({ previous, baseline, signed }: SigningNight): SigningComparison {
  const everSigned = signed || (previous?.everSigned ?? false);
  const before = previous?.neverSigned ?? false;
  if (everSigned) return { everSigned, neverSigned: false, change: before ? "recovered" : null };
  const neverSigned = before || (baseline !== null && baseline.releases > 0 && baseline.judged === baseline.releases);
  return { everSigned, neverSigned, change: neverSigned && !before ? "opened" : null };
}
