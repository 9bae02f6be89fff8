/** A signed release of a repository, by the names of the policy's signers that signed it. */
export interface SignedRelease {
  readonly signers: readonly string[];
}

/** That a release has another signer than the ones before it. */
export interface SignerChange {
  readonly signers: readonly string[];
  /** Of the last two releases. */
  readonly before: readonly string[];
  /** One of the signers was used before, but by none of the last five releases. */
  readonly returned: boolean;
}

const COMPARED_RELEASES = 2;
const RECENT_RELEASES = 5;

/**
 * Whether the signers of a new release are others than those of the last two (architecture section 5, signer-changed). A signer that
 * one of the last five releases had is no news; one that was used earlier returns; any other is new. `earlier`: signed releases, oldest
 * first. Null where there is nothing to compare with.
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
