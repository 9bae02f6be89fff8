import type { Digest } from "../oci/digest.ts";
import type { Descriptor, Manifest } from "../oci/manifest.ts";
import type { Repository } from "../oci/reference.ts";
import type { Answer, Failed, Failure } from "./answer.ts";
import type { RepositoryBudget } from "./request-budget.ts";
import type { ListedManifest, RetentionRules } from "./retention/retention-rules.ts";

/** What a tag names now. */
export interface ResolvedTag {
  readonly digest: Digest;
  readonly mediaType: string;
}

export interface FetchedManifest {
  /** Recomputed from the bytes. */
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** The tags of a repository. The list is `complete` only if it ended as the specification says, or as the registry's own API does. */
export interface TagList {
  readonly tags: ReadonlySet<string>;
  /** The number of names that the registry listed beside them and that are no tags; absent if there are none. */
  readonly malformed?: number;
  readonly complete: boolean;
  /** Why it is not complete, or null. */
  readonly failure: Failure | null;
  readonly pages: number;
  /** What the registry's own API told beside the tags; null if it has none, or it was not to be had. */
  readonly bulk: BulkList | null;
}

/**
 * What the registry's own API tells of a whole repository. It proves only presence: what it does not name is asked for directly before
 * anything follows from that.
 */
export interface BulkList {
  /** The digest that each tag names, companion tags included. */
  readonly digests: ReadonlyMap<string, Digest>;
  /** Manifests that are stored, by the digest that they name as their subject. Empty if the API does not tell subjects. */
  readonly referrers: ReadonlyMap<Digest, ReadonlySet<Digest>>;
  /** All manifests that are told to be stored, tagged or not; absent if the API does not tell those without a tag. */
  readonly stored?: ReadonlySet<Digest>;
  /** Manifests that are kept but not served until somebody restores them; absent if the registry has no such thing. */
  readonly archived?: ReadonlySet<Digest>;
  /** The manifests that retention rules may remove, with what the rules look at; absent if the API does not tell all of that. */
  readonly manifests?: readonly ListedManifest[];
}

/**
 * The answer of the referrers API. `unsupported` is a 404, another way to say so, or a redirect to a page: there is no API, or it is hidden.
 * Only the caller can judge that, because it knows whether the repository ever showed a referrer.
 */
export type ReferrersAnswer =
  | { readonly kind: "listed"; readonly descriptors: readonly Descriptor[] }
  | { readonly kind: "unsupported"; readonly detail: string; readonly wellFormed: boolean }
  | Failed;

/** The answer of the signature extension. `unsupported`: it is not here, whatever the registry announces. */
export type SignaturesAnswer =
  | { readonly kind: "listed"; readonly count: number }
  | { readonly kind: "absent"; readonly detail: string }
  | { readonly kind: "unsupported"; readonly detail: string }
  | Failed;

/** What a registry that signs images itself says of one image and signing profile. */
export interface ManagedSigning {
  readonly profile: string;
  readonly status: string;
  /** Why it failed, in the registry's words, or null. */
  readonly failure: string | null;
}

/** How a blob is lent. */
export interface BlobLoan<T> {
  readonly limitBytes: number;
  /** If true, more than a small blob has fails with `limit`, whatever is described: then it may be asked for later. */
  readonly isSmall?: boolean;
  readonly use: (bytes: Uint8Array) => T | Promise<T>;
}

/**
 * One repository, read with one set of credentials. It never throws for what a registry does, recomputes every digest, and bounds every
 * body. Requests wait in the registry's pool.
 */
export interface RepositoryClient {
  readonly repository: Repository;
  /** Sets the bounds of what may be spent from now on. Once one is reached, every question fails with `budget`. The first bounds stay. */
  limitTo(budget: RepositoryBudget): void;
  /** Returns the share of the budget that is spent: nothing is left from 1 on. It is 0 without bounds. */
  spent(): number;
  /** As whom the registry was read so far, for people: `as user ci`, `anonymously: no login for HOST in FILE`. */
  describeReader(): string;
  /** Lists all tags: by the registry's own API, if that tells more, else all pages of the tag list. Distribution spec, "Listing Tags". */
  listTags(): Promise<TagList>;
  /**
   * Asks by HEAD, or by GET if HEAD cannot decide or `by` says so: some caches keep the answers to HEAD for longer. With `listed`, a 404 is a
   * failure and not an absence. The media type may be that of schema 1.
   */
  resolveTag(tag: string, options: { listed: boolean; by?: "GET" }): Promise<Answer<ResolvedTag>>;
  /** Asks whether the manifest is still served: by HEAD, or by GET if HEAD cannot decide. */
  hasManifest(digest: Digest): Promise<Answer<true>>;
  /** Fetches by tag or digest. By digest the bytes must match it; by tag they must match Docker-Content-Digest. */
  fetchManifest(reference: string | Digest, options: { listed: boolean }): Promise<Answer<FetchedManifest>>;
  /**
   * Fetches as {@link fetchManifest} does, and lends the manifest to `use`, which may ask for blobs, but for no other manifest. Only so many
   * bytes are lent at a time; who comes when nothing is left waits.
   */
  lendManifest<T>(
    reference: string | Digest,
    loan: { listed: boolean; readonly use: (answer: Answer<FetchedManifest>) => Promise<T> },
  ): Promise<T>;
  /**
   * Fetches exactly the bytes of the described digest, whatever size is described, but no more than `limitBytes`, and lends them to `use`,
   * which may ask for nothing. Who comes when too many bytes are lent waits.
   */
  lendBlob<T>(descriptor: Pick<Descriptor, "digest" | "size">, loan: BlobLoan<T>): Promise<Answer<T>>;
  /** `GET /v2/<name>/referrers/<digest>`, all pages, never filtered by the server. */
  listReferrers(digest: Digest): Promise<ReferrersAnswer>;
  /** Reports whether the registry limits how often manifests are fetched by GET, and not by HEAD. */
  limitsPulls(): boolean;
  /** Reports whether it is a cache whose upstream nobody saw answering in this run: then nothing that it does not have is proven absent. */
  isPullThrough(): Promise<boolean>;
  /** Returns what the registry itself signed, or was to sign, of an image; empty if it says nothing. It decides no verdict. */
  managedSignings(digest: Digest): Promise<readonly ManagedSigning[]>;
  /** Reads, once, by which rules the registry removes what is stored. Null if nobody can tell, or these credentials may not ask. */
  readRetention(): Promise<RetentionRules | null>;
  /** Reports whether the registry announced the signature extension in this run. */
  announcesSignatures(): boolean;
  /** `GET /extensions/v2/<name>/signatures/<digest>`. */
  listSignatures(digest: Digest): Promise<SignaturesAnswer>;
}

/** The repositories of a registry. The list is `complete` only if the registry showed all of them that these credentials may see. */
export interface RepositoryList {
  /** Paths, such as `prod/api`, without the registry. */
  readonly paths: readonly string[];
  readonly complete: boolean;
  /** Why it is not complete, or null. */
  readonly failure: Failure | null;
}

/** Traffic with one host, as that host counts it. */
export interface RegistryTraffic {
  readonly host: string;
  readonly requests: number;
  readonly bytes: number;
  readonly retries: number;
  readonly throttled: number;
  readonly seconds: number;
}

/** The time that a registry says it is, epoch milliseconds. */
export interface HostClock {
  readonly host: string;
  readonly time: number;
}

/** All registries of a run. */
export interface RegistryClients {
  of(repository: Repository): RepositoryClient;
  /**
   * Lists the repositories of a registry whose paths begin with `prefix` (such as `prod/`; empty for all), by the registry's own API or by
   * `_catalog`. A failure says what would mend it.
   */
  listRepositories(registry: string, prefix: string): Promise<RepositoryList>;
  /** Returns the watched hosts in the order of first use, then token and redirect hosts. */
  traffic(): RegistryTraffic[];
  /** Returns what time it is by the header `Date` of each watched host that sent one. */
  clocks(): HostClock[];
  /** Returns when watched hosts with a budget were asked, in epoch milliseconds, oldest first, for the process that asks them next. */
  taken(): ReadonlyMap<string, readonly number[]>;
  /** Returns why each silent host is not asked any more in this run. */
  leftHosts(): string[];
  close(): Promise<void>;
}
