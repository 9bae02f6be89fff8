import type { Failure, FailureCode } from "./answer.ts";

/**
 * Who keeps a release from being judged. `content`: what somebody stored there. `weather`: how the registry, or the way to it, is tonight.
 * `doubtful`: it looks like content, but a list that is behind, or a push or a deletion in progress, looks the same for a night.
 */
export type FailureOrigin = "content" | "doubtful" | "weather";

/** The only place that tells content from weather (architecture section 5, evidence-unreadable). */
export function originOf({ code, isStored }: Pick<Failure, "code" | "isStored">): FailureOrigin {
  return isStored === true ? "content" : ORIGINS[code];
}

const ORIGINS: Readonly<Record<FailureCode, FailureOrigin>> = {
  limit: "content",
  "evidence-flooded": "content",
  // Only the registry's own list, of tags or referrers, names it.
  "listed-but-missing": "doubtful",
  "digest-mismatch": "doubtful",
  // Bytes that nothing proves to be stored may be a page of a proxy.
  "unexpected-content": "weather",
  "invalid-json": "weather",
  unauthorized: "weather",
  forbidden: "weather",
  "not-found": "weather",
  throttled: "weather",
  "server-error": "weather",
  timeout: "weather",
  connection: "weather",
  tls: "weather",
  truncated: "weather",
  redirected: "weather",
  "unexpected-status": "weather",
  "page-missing": "weather",
  budget: "weather",
  "pull-through": "weather",
  "unsupported-place": "weather",
};
