import type { RegistryRequest } from "./registry-request.ts";

/** Who may read (and push). */
export type RegistryAuth =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | BearerAuth;

/** https://distribution.github.io/distribution/spec/auth/token/ */
export interface BearerAuth {
  readonly kind: "bearer";
  readonly service: string;
  /** Null: nobody has a password, tokens are anonymous only. */
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** Whether a token for pulling is given without credentials. */
  readonly anonymousPull: boolean;
  /** Where the challenge sends for tokens; null: `/token` of this server. */
  readonly realm: string | null;
  /** How long a token is accepted, and its `expires_in`. */
  readonly tokenSeconds: number;
}

/** How a control registry behaves; every one may be changed while it runs. */
export interface RegistryOptions {
  /** False: 404 with a text body on `/referrers/`, as CNCF distribution. */
  readonly referrersApi: boolean;
  /** Entries a page of referrers, or null for one page. */
  readonly referrersPageSize: number | null;
  /** Most tags a page, whatever `n` asks for; null for no such limit. */
  readonly tagsPageSize: number | null;
  /** A larger `n` is refused with 400 PAGINATION_NUMBER_INVALID, as distribution does past its maximum. */
  readonly tagsMaximum: number | null;
  /** `ignores-n`: the whole list at once; `without-link`: pages that do not say that more follow. */
  readonly tagsPaging: "link" | "ignores-n" | "without-link";
  /** An empty list is answered as `"tags": null`. */
  readonly tagsNull: boolean;
  readonly auth: RegistryAuth;
  /** More requests in a second get 429 with `Retry-After: 1`; null for no limit. */
  readonly rateLimit: number | null;
  /** Blobs are answered by 307 to this URL followed by the digest; null: by themselves. */
  readonly redirectBlobs: string | null;
  /** Added to every answer. */
  readonly latencyMs: number;
  /** Runs before a request is answered: to push or delete something just then. */
  readonly onRequest: ((request: RegistryRequest) => void | Promise<void>) | null;
}

/** A well-behaved, open registry with the referrers API and no paging. */
export const DEFAULT_REGISTRY_OPTIONS: RegistryOptions = {
  referrersApi: true,
  referrersPageSize: null,
  tagsPageSize: null,
  tagsMaximum: null,
  tagsPaging: "link",
  tagsNull: false,
  auth: { kind: "none" },
  rateLimit: null,
  redirectBlobs: null,
  latencyMs: 0,
  onRequest: null,
};
