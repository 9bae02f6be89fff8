/** What another policy, root of trust or verifier made of releases that are as they were, and what it lets in that was kept out before. */
export interface PolicyFacts {
  /** Null where it is about the watch list as a whole. */
  readonly name: string | null;
  readonly flips: number;
  /** Flips by what they come to: `signed`, `unsigned`, `untrusted`. */
  readonly byVerdict: Readonly<Record<string, number>>;
  /** Some of the flips, for people. */
  readonly examples: readonly { readonly repository: string; readonly tag: string; readonly from: string; readonly to: string }[];
  readonly repositories: readonly string[];
  /** Owners of the releases that flipped. */
  readonly owners: readonly string[];
  /** One phrase a loosening, of some: `threshold 2 is now 1`. */
  readonly loosened: readonly string[];
  /** How many there are. */
  readonly loosenedCount: number;
  /** Channels that are not on the watch list any more: they are told of that, too. */
  readonly formerChannels: readonly string[];
}
