import type { Policy } from "../watchlist/watch-list.ts";
import type { SignatureEvidence } from "./form/evidence.ts";
import type { LoggedVerifier } from "./log/match-log-body.ts";
import type { VerificationContext } from "./verification-context.ts";
import { includesTime } from "./trust/trust-material.ts";
import { describeUnlogged, proveLogged, proveTimestamps, timesOf, type SignedTime } from "./prove-logged.ts";

type LogDemandVerdict =
  | { readonly kind: "met"; readonly times: readonly SignedTime[]; readonly logIndex: number | null }
  | { readonly kind: "refused"; readonly detail: string }
  | { readonly kind: "trust-missing"; readonly code: string; readonly detail: string };

/** The root for signers that name none. */
export const DEFAULT_ROOT = "public-good";

const UNASKED: LogDemandVerdict = { kind: "met", times: [], logIndex: null };

/**
 * Judges a signature by a key, or by a certificate of an own PKI, by the policy's `transparencyLog`: `none` looks at nothing, `optional`
 * verifies what is there, and `required` demands an entry of a known log.
 */
export function verifyLogDemand(
  evidence: SignatureEvidence,
  verifier: LoggedVerifier,
  { demand, trustedRoot }: { readonly demand: Policy["transparencyLog"]; readonly trustedRoot: string },
  { trust }: VerificationContext,
): LogDemandVerdict {
  if (demand === "none") return UNASKED;
  const { logEntries, timestamps } = evidence;
  const bare =
    logEntries.kind === "read" && logEntries.entries.length === 0 && timestamps.kind === "read" && timestamps.tokens.length === 0;
  if (bare) return demand === "optional" ? UNASKED : { kind: "refused", detail: describeUnlogged(evidence) };
  const found = trust(trustedRoot);
  if (found.kind === "missing") return { kind: "trust-missing", code: found.code, detail: found.detail };
  const log = proveLogged(evidence, verifier, found.material);
  if (log.kind === "refused") return log;
  if (demand === "required" && log.inclusions.length === 0) return { kind: "refused", detail: describeUnlogged(evidence) };
  const stamps = proveTimestamps(evidence, found.material);
  if (stamps.kind === "refused") return stamps;
  const times = [...timesOf(log.inclusions), ...stamps.times];
  if (times.length > 0 && log.inclusions.some((inclusion) => !times.some(({ time }) => includesTime(inclusion.log.validFor, time))))
    return { kind: "refused", detail: "its log entry is of a log that was not valid when it was made" };
  return { kind: "met", times, logIndex: log.inclusions[0]?.logIndex ?? null };
}
