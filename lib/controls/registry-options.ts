import type { RegistryRequest } from "./registry-request.ts";

/** Who may read and push. */
export type RegistryAuth =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | BearerAuth;

/** https://distribution.github.io/distribution/spec/auth/token/ */
export interface BearerAuth {
  readonly kind: "bearer";
  readonly service: string;
  /** Null means that nobody has a password and tokens are anonymous. */
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** Whether a token for pulling needs no credentials. */
  readonly anonymousPull: boolean;
  /** The token URL of the challenge; null means `/token` of this server. */
  readonly realm: string | null;
  /** The lifetime of a token, also sent as `expires_in`. */
  readonly tokenSeconds: number;
}

/** The behaviour of a control registry. Every option may change while it runs. */
export interface RegistryOptions {
  /** If false, `/referrers/` gets 404 with a text body, like CNCF distribution. */
  readonly referrersApi: boolean;
  /** Entries per page of referrers, or null for one page. */
  readonly referrersPageSize: number | null;
  /** The most tags per page, whatever `n` asks for; null for no limit. */
  readonly tagsPageSize: number | null;
  /** A larger `n` gets 400 PAGINATION_NUMBER_INVALID, as from distribution above its maximum. */
  readonly tagsMaximum: number | null;
  /** `ignores-n` sends the complete list at once; `without-link` sends pages that do not say that more follow. */
  readonly tagsPaging: "link" | "ignores-n" | "without-link";
  /** Whether an empty list is sent as `"tags": null`. */
  readonly tagsNull: boolean;
  /** Whether a tag list also has Google's map of all manifests. */
  readonly manifestMap: boolean;
  /** The most repositories per page of the catalog; null for no limit. */
  readonly catalogPageSize: number | null;
  /** Repositories that the catalog does not show. */
  readonly hiddenFromCatalog: readonly string[];
  readonly auth: RegistryAuth;
  /** Requests per second; more get 429 with `Retry-After: 1`. Null for no limit. */
  readonly rateLimit: number | null;
  /** Blobs redirect (307) to this URL followed by the digest; null sends them directly. */
  readonly redirectBlobs: string | null;
  /** The delay before every answer. */
  readonly latencyMs: number;
  /** Runs before a request is answered, to push or delete something at that moment. */
  readonly onRequest: ((request: RegistryRequest) => void | Promise<void>) | null;
}

/** A well-behaved open registry with the referrers API and without paging. */
export const DEFAULT_REGISTRY_OPTIONS: RegistryOptions = {
  referrersApi: true,
  referrersPageSize: null,
  tagsPageSize: null,
  tagsMaximum: null,
  tagsPaging: "link",
  tagsNull: false,
  manifestMap: false,
  catalogPageSize: null,
  hiddenFromCatalog: [],
  auth: { kind: "none" },
  rateLimit: null,
  redirectBlobs: null,
  latencyMs: 0,
  onRequest: null,
};
