/** Why a look-up gave no definite answer. It becomes the reason of an `unknown` verdict. */
export type FailureCode =
  | "unauthorized" // 401 after the challenge was answered
  | "forbidden" // 403
  | "not-found" // a 404 that is no proof: HTML, foreign JSON, or a host that never answered as a registry
  | "listed-but-missing" // a list names it, a request for it is 404
  | "throttled" // 429 to the last try
  | "server-error" // 5xx
  | "timeout" // 408, or no answer in time
  | "connection" // reset, refused, name not resolved
  | "tls"
  | "truncated" // the body ended early
  | "redirected" // a redirect that may not be followed
  | "unexpected-status"
  | "unexpected-content" // another content type, or no registry document
  | "invalid-json"
  | "digest-mismatch" // the bytes are not the ones that were named
  | "page-missing" // a later page of a list cannot be read
  | "limit" // a list past its limit
  | "budget" // the repository's time or requests are used up, or the run was stopped
  | "pull-through" // a cache of another registry does not have it, which proves nothing
  | "unsupported-place" // configured, but this version cannot look there
  | "evidence-flooded"; // more signature-like referrers than may be read, none of them satisfies

export interface Failure {
  readonly code: FailureCode;
  /** For people: the operation, then what was received. It contains no secret. Text from the registry is not escaped yet. */
  readonly detail: string;
  readonly status: number | null;
  /** The number of requests made for this answer. */
  readonly attempts: number;
  /**
   * True if the bytes match the digest that was asked for, and still cannot be used: the candidate is rejected, and the place did not fail.
   */
  readonly delivered?: true;
  /**
   * True if it is content as somebody stored it that cannot be read, and not an answer that went wrong: its bytes are those that the
   * registry names, they outgrow what a stored descriptor says, or a stored list names what is not there.
   */
  readonly isStored?: true;
  /** True if the registry itself says that the repository of a list is not there. */
  readonly isAbsence?: true;
}

/**
 * The outcome of one look-up. `absent` is a proof (architecture section 3): a 404 from the registry itself, for a repository that it shows
 * to the same credentials. Everything else that is not `found` is `failed`.
 */
export type Answer<T> = { readonly kind: "found"; readonly value: T } | { readonly kind: "absent"; readonly detail: string } | Failed;

/** No definite answer. */
export interface Failed {
  readonly kind: "failed";
  readonly failure: Failure;
}

export function found<T>(value: T): Answer<T> {
  return { kind: "found", value };
}

export function failed(code: FailureCode, detail: string, status: number | null = null, attempts = 1): Failed {
  return { kind: "failed", failure: { code, detail, status, attempts } };
}
