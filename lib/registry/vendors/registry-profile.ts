import type { Credential } from "../credentials/credential.ts";
import type { EcrSurroundings } from "../credentials/load-ecr-credential.ts";

/**
 * What a registry does otherwise than the specification, or offers beyond it: one value in a file of its own, and one row of the table in
 * profiles.ts. A registry without a row is read as the distribution specification says.
 */
export interface RegistryProfile {
  /** Whether the profile is for the registry of this name, as people write it: with its port, if it has one. */
  readonly isFor?: (registry: string) => boolean;
  /** The `service` of its challenge, for a registry that stands behind any name. */
  readonly service?: string;
  /** The registry's name, and the host that serves it under another. */
  readonly servedBy?: { readonly registry: string; readonly host: string };
  /** Whether a token host belongs to a registry although their names do not say so: it sees the credentials. Neither name has a port. */
  readonly ownsTokenHost?: (registry: string, tokenHost: string) => boolean;
  /** How Docker keeps its credentials: under any of these names, and with a helper under this server. */
  readonly dockerLogin?: { readonly registry: string; readonly names: readonly string[]; readonly server: string };
  /** The login of a registry that the watch list and Docker's configuration name none for. */
  readonly defaultLogin?: (registry: string, surroundings: EcrSurroundings) => Promise<Credential>;
  /** The most that is read of one page of its tag list, if that is not the limit of all. */
  readonly tagsPageLimitBytes?: number;
  /** An error that means "not here" in its documents, beside the codes that all registries share. */
  readonly saysAbsent?: { readonly code: string; readonly message: RegExp };
}
