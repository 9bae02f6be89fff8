/** A signed release of a repository, with the names that the policy gives its signers. */
export interface SignedRelease {
  readonly signers: readonly string[];
}

/** A release's signers differ from those of the releases before it. */
export interface SignerChange {
  readonly signers: readonly string[];
  /** The signers of the last two releases. */
  readonly before: readonly string[];
  /** True if one of the signers was used before, but by none of the last five releases. */
  readonly returned: boolean;
}

const COMPARED_RELEASES = 2;
const RECENT_RELEASES = 5;

/**
 * Decides whether the signers of a new release are others than those of the last two releases (architecture section 5, signer-changed). A
 * signer of one of the last five releases is no news; a signer that was used before them returns; any other signer is new. `earlier` are
 * the signed releases, oldest first. Returns null if there is nothing to compare with.
 */
export function compareSigners(signers: readonly string[], earlier: readonly SignedRelease[]): SignerChange | null {
  const before = namesOf(earlier.slice(-COMPARED_RELEASES));
  if (before.length === 0 || signers.length === 0 || overlap(signers, before)) return null;
  if (overlap(signers, namesOf(earlier.slice(-RECENT_RELEASES)))) return null;
  return { signers: [...signers], before, returned: overlap(signers, namesOf(earlier)) };
}

function namesOf(releases: readonly SignedRelease[]): string[] {
  return [...new Set(releases.flatMap(({ signers }) => signers))];
}

function overlap(left: readonly string[], right: readonly string[]): boolean {
  return left.some((name) => right.includes(name));
}
