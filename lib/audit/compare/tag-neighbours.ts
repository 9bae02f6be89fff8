import type { ChangeFacts } from "../../history/state.ts";
import type { Digest } from "../../oci/digest.ts";
import { compareTags } from "../../watchlist/select/version-tag.ts";
import type { ReleaseNightFacts } from "../release-night.ts";

/** The most neighbours that a message names. Without a limit, whoever tags a digest a thousand times would fill the history. */
const SERVED_AS_LIMIT = 20;

/** What other tags say about a tag tonight. It is indexed once, because on a bad night thousands of releases ask. */
export interface TagNeighbours {
  /** Returns the other tags of the digest: moving ones and the highest versions. */
  alsoServedAs(tag: string, digest: Digest | null): string[];
  /** Returns the highest signed version with another digest, if possible below the tag. It shows what a good release is. */
  signedBefore(tag: string, digest: Digest | null): ChangeFacts["signedBefore"];
}

/** Indexes tags when the first release asks, because on a quiet night none does. */
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
