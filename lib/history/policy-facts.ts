/** What another policy, root of trust or verifier makes of releases that did not change, and what it now lets pass. */
export interface PolicyFacts {
  /** Null if it is about the watch list as a whole. */
  readonly name: string | null;
  readonly flips: number;
  /** The number of flips by the verdict that they end in: `signed`, `unsigned`, `untrusted`. */
  readonly byVerdict: Readonly<Record<string, number>>;
  /** Some of the flips, for people. */
  readonly examples: readonly { readonly repository: string; readonly tag: string; readonly from: string; readonly to: string }[];
  readonly repositories: readonly string[];
  /** The owners of the releases that flipped. */
  readonly owners: readonly string[];
  /** One phrase for each of some loosenings: `threshold 2 is now 1`. */
  readonly loosened: readonly string[];
  /** The number of all loosenings. */
  readonly loosenedCount: number;
  /** The channels that are no longer on the watch list. They are told, too. */
  readonly formerChannels: readonly string[];
}
