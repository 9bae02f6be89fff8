import type { ChangeFacts } from "../../history/state.ts";
import type { Digest } from "../../oci/digest.ts";
import { compareTags } from "../../watchlist/select/version-tag.ts";
import type { ReleaseNightFacts } from "../release-night.ts";

/** Of what stands beside a release in a message, so many are worth reading; whoever tags a digest a thousand times would fill the history. */
const SERVED_AS_LIMIT = 20;

/** What other tags say about one of them tonight, indexed once: on a bad night thousands of releases ask. */
export interface TagNeighbours {
  /** Other tags of the digest: moving ones and the highest versions. */
  alsoServedAs(tag: string, digest: Digest | null): string[];
  /** The highest other version below the tag (or of all, where none is) that is signed, by another digest: what a good release looks like here. */
  signedBefore(tag: string, digest: Digest | null): ChangeFacts["signedBefore"];
}

/** A quiet night asks for none of it, and sorts nothing. */
export function indexNeighbours(tonight: ReadonlyMap<string, Digest>, facts: readonly ReleaseNightFacts[]): TagNeighbours {
  let index: TagNeighbours | null = null;
  const indexed = (): TagNeighbours => (index ??= sortNeighbours(tonight, facts));
  return {
    alsoServedAs: (tag, digest) => indexed().alsoServedAs(tag, digest),
    signedBefore: (tag, digest) => indexed().signedBefore(tag, digest),
  };
}

function sortNeighbours(tonight: ReadonlyMap<string, Digest>, facts: readonly ReleaseNightFacts[]): TagNeighbours {
  const byDigest = Map.groupBy(tonight.keys(), (tag) => tonight.get(tag)!);
  const descending = facts
    .filter(({ release }) => release.kind === "version")
    .toSorted((left, right) => compareTags(right.release.tag, left.release.tag));
  const ranks = new Map(descending.map(({ release }, rank) => [release.tag, rank]));
  const signed = descending.filter(({ judged }) => judged?.verdict.verdict === "signed");
  return {
    alsoServedAs(tag, digest) {
      const others = (digest === null ? [] : (byDigest.get(digest) ?? [])).filter((other) => other !== tag);
      if (others.length <= SERVED_AS_LIMIT) return others.toSorted(compareTags);
      const moving = others.filter((other) => !ranks.has(other));
      const versions = others.filter((other) => ranks.has(other)).toSorted((left, right) => ranks.get(left)! - ranks.get(right)!);
      return [...moving, ...versions].slice(0, SERVED_AS_LIMIT).toSorted(compareTags);
    },
    signedBefore(tag, digest) {
      const others = signed.filter(({ release }) => release.tag !== tag && digestOf(release) !== digest);
      const rank = ranks.get(tag) ?? descending.findIndex(({ release }) => compareTags(release.tag, tag) < 0) - 1;
      const highest = others.find(({ release }) => ranks.get(release.tag)! > rank) ?? others[0];
      if (highest === undefined) return null;
      const signers = [...new Set(highest.judged!.verdict.signers.map((signer) => signer.signer))];
      return { tag: highest.release.tag, signers, count: others.length };
    },
  };
}

function digestOf({ resolution }: ReleaseNightFacts["release"]): Digest | null {
  return resolution.kind === "resolved" ? resolution.digest : null;
}
