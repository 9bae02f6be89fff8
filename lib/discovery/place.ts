import type { Digest } from "../oci/digest.ts";
import type { Repository } from "../oci/reference.ts";
import type { Answer, Failure } from "../registry/answer.ts";
import type { BulkList, TagList } from "../registry/repository-client.ts";
import type { EpochDocument } from "../watchlist/record/epoch-document.ts";
import type { WatchedRepository } from "../watchlist/watch-list.ts";
import type { Desk } from "./desk.ts";
import type { Reply } from "./reply.ts";
import type { SearchedRepository } from "./searched-repository.ts";

/** Somewhere that a signature can be (architecture section 3): one value in a file of its own, and one row in places.ts. */
export type Place = CountingPlace | DiagnosingPlace | UnbuiltPlace;

interface PlaceRow {
  /** It is recorded with signatures and answers: a name never changes. */
  readonly name: string;
  /** Settings of the watch list that say where it looks. What was found under other settings says nothing under these. */
  readonly settings: readonly PlaceSetting[];
}

/** A setting that the epoch of a release records, beside its policy and target. */
export type PlaceSetting = Exclude<keyof EpochDocument, "policy" | "target">;

/** A place whose answers count for the verdict: `unsigned` needs `nothing` or `notApplicable` of each. */
export interface CountingPlace extends PlaceRow {
  readonly kind: "counting";
  /** Whether it lies in the watched repository itself. Digests beside a release, such as orphans, are looked for only there. */
  readonly location: "here" | "elsewhere";
  /** Opens it for one watched repository and run. Null if that repository does not have it: then it is not asked, and not shown. */
  readonly open: (watched: WatchedRepository, surroundings: PlaceSurroundings) => OpenedPlace | null | Promise<OpenedPlace | null>;
  /** Whether the tag list alone shows that a signature which was verified here is gone: then its release is looked at tonight. */
  readonly endsRest: (digest: Digest, watched: WatchedRepository, list: TagList) => boolean;
  /**
   * Whether the registry's own list of the repository shows that the place still holds an artifact which was verified before. `holder` is
   * what the place read the artifact from, if that has a digest of its own. Absent if no list tells.
   */
  readonly isShown?: (shown: ShownArtifact, bulk: BulkList, tags: ReadonlySet<string>) => boolean;
}

/** An artifact that a place held when it was last asked. */
interface ShownArtifact {
  readonly target: Digest;
  readonly artifact: Digest;
  /** The index that named the artifact, or null. */
  readonly holder: Digest | null;
  readonly watched: Pick<WatchedRepository, "tagPrefix">;
}

/** A place that is asked last, for the reason of a verdict: nothing that it holds makes a release signed. */
export interface DiagnosingPlace extends PlaceRow {
  readonly kind: "diagnosing";
  readonly open: (watched: WatchedRepository, surroundings: PlaceSurroundings) => OpenedDiagnosis;
}

/** A place that can be configured, but that this version cannot read. A release that nothing else shows as signed is unknown. */
export interface UnbuiltPlace extends PlaceRow {
  readonly kind: "unbuilt";
  /** What the watch list asks for, in words; null if it does not ask for this place. */
  readonly configuredAs: (watched: WatchedRepository) => string | null;
  /** What is answered in its stead. */
  readonly reply: Extract<Reply, { kind: "failed" }>;
}

/** What a place may open itself with. */
export interface PlaceSurroundings {
  /** The watched repository. */
  readonly main: SearchedRepository;
  /** Another repository, opened once a run for all that ask. */
  readonly openRepository: (repository: Repository) => Promise<SearchedRepository>;
}

/**
 * How far a search has got. A place is asked in each circle, unless the policy is satisfied before:
 * `listed` takes the word of lists for what is not there; `statements` adds what only matters if no signature satisfies;
 * `direct` asks again, at the source, for everything that only a list or another release's answer said is not there.
 */
export type Circle = "listed" | "statements" | "direct";

/** What a place is asked about one digest. */
export interface PlaceQuestion {
  readonly target: Digest;
  readonly circle: Circle;
  /** Whether statements matter from the first circle on, because the policy accepts or requires them. */
  readonly attested: boolean;
  /** Artifacts that are recorded as signatures, whoever made them. */
  readonly recorded: ReadonlySet<Digest>;
  /** Those of them that were verified: they are read first and outside the limits. */
  readonly verified: ReadonlySet<Digest>;
  readonly desk: Desk;
  /**
   * Those of them that the registry itself called absent on an earlier night. If one is absent tonight, too, it is gone, although a list
   * or a manifest still names it.
   */
  readonly gone: ReadonlySet<Digest>;
  /** Whether this place once held a verified signature of the digest: then its answer is never `notApplicable`. */
  readonly held: boolean;
  /** What this place answered in the circles before, or null in the first. */
  readonly before: Reply["kind"] | null;
}

/** What is looked at on a quiet night. It alternates, so that neither loss goes unseen for longer than a night. */
export type Look = "listed" | "served";

/** A place as one watched repository has it, for one run. It holds whatever it needs to answer; nobody else looks inside. */
export interface OpenedPlace {
  /**
   * Answers for one digest, or null if there is nothing to ask in this circle. `nothing` is a proof; what could not be read is `failed`
   * and keeps what could be; a server that does not offer the place is `notApplicable`.
   */
  readonly ask: (question: PlaceQuestion) => Promise<Reply> | null;
  /**
   * Whether the place still holds the artifact for the target, asked as frugally as the place allows. The artifact is named by digest and
   * was verified before, so its bytes need not be read again. False if anything is not exactly as it was. If it takes one request to see
   * that the artifact is still listed and another to see that it is still served, `look` says which is asked.
   */
  readonly isStillThere: (target: Digest, artifact: Digest, look: Look) => Promise<boolean>;
  /** Whether the artifact itself is still served, although the place names it no more. An absence here is a proof that it was deleted. */
  readonly isServed: (target: Digest, artifact: Digest) => Promise<Answer<true>>;
  /** Whether an answer that was given earlier in the run is wrong by what the run learned since. Absent if a place learns nothing. */
  readonly refutes?: (answer: { readonly kind: string }) => boolean;
}

/** What all counting places know of a digest below the one that is diagnosed, and what the policy makes of it. */
export interface DigestBelow {
  /** Why some place could not be read, or null. */
  readonly failure: Failure | null;
  readonly satisfiesPolicy: boolean;
  /** Whether there is a signature or a signed statement of it, whoever made it. */
  readonly isSigned: boolean;
}

/** What a diagnosing place found. */
export interface Diagnosis {
  readonly reply: Reply;
  /** Statements that are stored there and that nobody signed over the target itself. */
  readonly statements: readonly { readonly artifact: Digest; readonly isSigned: boolean; readonly detail: string }[];
  /** A part of the target that is signed although the target is not, or null. */
  readonly signedPart: Digest | null;
}

/** A diagnosing place as one watched repository has it. */
export interface OpenedDiagnosis {
  /** `judgeBelow` asks all counting places about a digest that belongs to the target. */
  readonly diagnose: (target: Digest, judgeBelow: (digest: Digest) => Promise<DigestBelow>) => Promise<Diagnosis>;
}
