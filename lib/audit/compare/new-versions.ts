import type { RepositoryHistory, TagState } from "../../history/state.ts";
import { compareSigners, type SignedRelease, type SignerChange } from "../../history/compare/signer-change.ts";
import type { Digest } from "../../oci/digest.ts";
import { compareTags, compareVersionTags, parseVersionTag } from "../../watchlist/select/version-tag.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";
import type { ReleaseNightFacts } from "../release-night.ts";

/** What is unusual about a version tag that has its first verdict tonight, or its first good one. */
export interface NewVersion {
  readonly signerChange: SignerChange | null;
  /** The version that named its digest first. */
  readonly reusedFrom: string | null;
}

/**
 * Compares the new versions of a night with the releases before them, in the order in which they were first seen; those of tonight are in
 * the order of their versions. The result is by tag, and leaves out versions about which nothing is unusual.
 */
export function examineNewVersions(facts: readonly ReleaseNightFacts[], history: RepositoryHistory): ReadonlyMap<string, NewVersion> {
  const fresh = facts
    .filter(({ release, judged }) => release.kind === "version" && judged !== null && isFresh(release, history.tags.get(release.tag)))
    .toSorted((left, right) => compareTags(left.release.tag, right.release.tag));
  if (fresh.length === 0) return new Map();
  const versions = [...history.tags.values()].filter(({ tag }) => parseVersionTag(tag) !== null);
  const earlier = signedBefore(versions, signersTonight(facts));
  const names = namesByDigest(versions);
  const examined = new Map<string, NewVersion>();
  for (const { release, judged } of fresh) {
    if (release.resolution.kind !== "resolved" || judged?.verdict.verdict !== "signed") continue;
    const { digest } = release.resolution;
    const signers = [...new Set(judged.verdict.signers.map(({ signer }) => signer))];
    const signerChange = earlier.has(digest) ? null : compareSigners(signers, [...earlier.values()]);
    const isNew = (history.tags.get(release.tag)?.last ?? null) === null;
    const reusedFrom = isNew ? (names.get(digest)?.find((tag) => isOtherVersion(tag, release.tag)) ?? null) : null;
    if (signerChange !== null || reusedFrom !== null) examined.set(release.tag, { signerChange, reusedFrom });
    if (!earlier.has(digest)) earlier.set(digest, { signers });
  }
  return examined;
}

/** Reports whether a version is new, or was bad since its digest was first seen. Whoever signs it then is its first signer. */
function isFresh({ resolution }: ListedRelease, state: TagState | undefined): boolean {
  const last = state?.last ?? null;
  if (state === undefined || last === null) return true;
  const isSame = resolution.kind === "resolved" && resolution.digest === last.digest;
  return isSame && last.verdict !== "signed" && last.cause !== null && last.since === state.timeline.at(-1)?.since;
}

/** Returns the signed releases by digest, oldest first. Signers have the names of tonight if they were judged tonight. */
function signedBefore(versions: readonly TagState[], tonight: ReadonlyMap<Digest, readonly string[]>): Map<Digest, SignedRelease> {
  const signed = versions.filter(({ last }) => last?.verdict === "signed").toSorted(compareAge);
  const releases = new Map<Digest, SignedRelease>();
  for (const { last } of signed) {
    const { digest, signers } = last!;
    if (!releases.has(digest)) releases.set(digest, { signers: tonight.get(digest) ?? signers.map(({ signer }) => signer) });
  }
  return releases;
}

function signersTonight(facts: readonly ReleaseNightFacts[]): ReadonlyMap<Digest, readonly string[]> {
  const signers = new Map<Digest, readonly string[]>();
  for (const { release, judged } of facts) {
    if (release.resolution.kind !== "resolved" || judged?.verdict.verdict !== "signed") continue;
    signers.set(
      release.resolution.digest,
      judged.verdict.signers.map(({ signer }) => signer),
    );
  }
  return signers;
}

function compareAge(left: TagState, right: TagState): number {
  const [first, second] = [left.timeline[0]?.since ?? "", right.timeline[0]?.since ?? ""];
  return first < second ? -1 : first > second ? 1 : compareTags(left.tag, right.tag);
}

/** Returns the version tags that name or named each digest, the first one first. */
function namesByDigest(versions: readonly TagState[]): Map<Digest, string[]> {
  const names = new Map<Digest, string[]>();
  for (const { tag, timeline } of versions.toSorted(compareAge)) {
    for (const digest of new Set(timeline.map((entry) => entry.digest))) {
      const tags = names.get(digest);
      if (tags === undefined) names.set(digest, [tag]);
      else tags.push(tag);
    }
  }
  return names;
}

/** `1.4.2` and `v1.4.2` are one version. */
function isOtherVersion(left: string, right: string): boolean {
  const [one, other] = [parseVersionTag(left), parseVersionTag(right)];
  return one === null || other === null || compareVersionTags({ ...one, tag: "" }, { ...other, tag: "" }) !== 0;
}
