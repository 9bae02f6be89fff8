import type { Digest } from "../../oci/digest.ts";
import type { Credential } from "../credentials/credential.ts";
import type { EcrSurroundings } from "../credentials/load-ecr-credential.ts";
import type { ManagedSigning } from "../repository-client.ts";
import type { RetentionRules } from "../retention/retention-rules.ts";
import type { BulkAnswer, ListedPaths, VendorApi } from "./vendor-api.ts";

/** How a registry differs from the distribution specification. Each profile has a file of its own and a row in profiles.ts. */
export interface RegistryProfile {
  /** Reports whether the profile is for the registry of this name, as people write it: with its port, if it has one. */
  readonly isFor?: (registry: string) => boolean;
  /** The `service` of its challenge, if the registry stands behind any name. */
  readonly service?: string;
  /** The path of the realm of its challenge, if the registry stands behind any name; with `service`, both must be right. */
  readonly realmPath?: string;
  /** A header of its tag lists, by its lower-case name, if the registry stands behind any name. */
  readonly header?: { readonly name: string; readonly value: RegExp };
  /** The registry's name, and the host of another name that serves it. */
  readonly servedBy?: { readonly registry: string; readonly host: string };
  /** Reports whether a token host, of another name, belongs to a registry: it sees the credentials. Neither name has a port. */
  readonly ownsTokenHost?: (registry: string, tokenHost: string) => boolean;
  /** How Docker keeps its credentials: under any of these names, and in a helper under this server. */
  readonly dockerLogin?: { readonly registry: string; readonly names: readonly string[]; readonly server: string };
  /** Loads the login if neither the watch list nor Docker's configuration names one. */
  readonly defaultLogin?: (registry: string, surroundings: EcrSurroundings) => Promise<Credential>;
  /** The most bytes of one page of its tag list, if it differs from the common limit. */
  readonly tagsPageLimitBytes?: number;
  /**
   * Reports whether a request below `/v2/<name>/` counts as one of the pulls that the registry limits, and tells by `ratelimit-remaining`.
   * A HEAD never does.
   */
  readonly isMetered?: (request: { readonly method: "GET" | "HEAD"; readonly path: string }) => boolean;
  /** An error that means "not here" in a 404, in addition to the codes that all registries share. */
  readonly saysAbsent?: { readonly code: string; readonly message: RegExp };
  /**
   * Asks the registry's own API for all tags of a repository with their digests, and for what is attached to each digest, in few requests.
   * Null if the API is not there to be asked. What it tells is present; the rest is asked for directly.
   */
  readonly listInBulk?: (api: VendorApi, repository: string) => Promise<BulkAnswer>;
  /**
   * Asks the registry's own API for the repositories below a literal prefix of paths, which may be empty. It may
   * return others, too. Null if the API is not there to be asked: then `_catalog` is.
   */
  readonly listRepositories?: (api: VendorApi, prefix: string) => Promise<ListedPaths | null>;
  /** What to do if the list of repositories is refused, for the end of a message. */
  readonly listingRemedy?: string;
  /** Asks whether a repository is a cache of another registry; null if that cannot be found out. */
  readonly isPullThrough?: (api: VendorApi, repository: string) => Promise<boolean | null>;
  /** Asks what the registry itself signed, or was to sign; empty if it says nothing. It decides no verdict. */
  readonly listManagedSignings?: (api: VendorApi, repository: string, digest: Digest) => Promise<readonly ManagedSigning[]>;
  /**
   * Reads the rules by which the registry removes what is stored in a repository, for a `listInBulk` that tells `manifests`. Null if they
   * cannot be read, or not be understood as a whole.
   */
  readonly readRetention?: (api: VendorApi, repository: string) => Promise<RetentionRules | null>;
}
