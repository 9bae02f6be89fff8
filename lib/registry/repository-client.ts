import type { Digest } from "../oci/digest.ts";
import type { Descriptor, Manifest } from "../oci/manifest.ts";
import type { Repository } from "../oci/reference.ts";
import type { Answer, Failed, Failure } from "./answer.ts";
import type { RepositoryBudget } from "./request-budget.ts";

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

/** The tags of a repository: `complete` only where the list ended as the specification says. */
export interface TagList {
  readonly tags: ReadonlySet<string>;
  readonly complete: boolean;
  /** Why it is not complete, or null. */
  readonly failure: Failure | null;
  readonly pages: number;
}

/**
 * What the referrers API said: `unsupported` is a 404 or a redirect (no API, or it is hidden),
 * which only the caller can weigh, because it knows whether this repository ever showed a referrer.
 */
export type ReferrersAnswer =
  | { readonly kind: "listed"; readonly descriptors: readonly Descriptor[] }
  | { readonly kind: "unsupported"; readonly detail: string; readonly wellFormed: boolean }
  | Failed;

/**
 * One repository of one registry, read with one set of credentials. Never throws for what a registry does;
 * every digest is recomputed, every body bounded. Requests wait in the registry's pool.
 */
export interface RepositoryClient {
  readonly repository: Repository;
  /** From now on, once either bound is reached, every further question is answered with a failure `budget`. The first bounds stay. */
  limitTo(budget: RepositoryBudget): void;
  /** The share of the budget that is used up: from 1 on nothing is left. 0 where there are no bounds. */
  spent(): number;
  /** All pages of the tag list. Distribution spec, "Listing Tags". */
  listTags(): Promise<TagList>;
  /** HEAD; GET where HEAD is refused or carries no digest. With `listed`, a 404 is a failure and not an absence. */
  resolveTag(tag: string, options: { listed: boolean }): Promise<Answer<ResolvedTag>>;
  /** HEAD by digest: is this manifest still served? */
  hasManifest(digest: Digest): Promise<Answer<true>>;
  /** GET by tag or digest. By digest the bytes must match it; by tag they must match Docker-Content-Digest. */
  fetchManifest(reference: string | Digest, options: { listed: boolean }): Promise<Answer<FetchedManifest>>;
  /** GET of exactly the described bytes: size and digest must match. More than any evidence may have fails and is not asked for. */
  fetchBlob(descriptor: Descriptor): Promise<Answer<Uint8Array>>;
  /** `GET /v2/<name>/referrers/<digest>`, all pages, never filtered by the server. */
  listReferrers(digest: Digest): Promise<ReferrersAnswer>;
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

/** All registries of a run. */
export interface RegistryClients {
  of(repository: Repository): RepositoryClient;
  /** Watched hosts in the order in which they were first asked for, then token and redirect hosts. */
  traffic(): RegistryTraffic[];
  /** When watched hosts that have a budget were asked, epoch milliseconds, in order: for whoever asks them next. */
  taken(): ReadonlyMap<string, readonly number[]>;
  /** Hosts that are not asked any more in this run, each with why: they kept silent. */
  leftHosts(): string[];
  close(): Promise<void>;
}
