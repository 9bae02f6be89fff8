import type { SignatureEvidence } from "./form/evidence.ts";
import { faultOfBody, type LoggedVerifier } from "./log/match-log-body.ts";
import { verifyInclusion, type Inclusion } from "./log/verify-inclusion.ts";
import { verifyTimestamp } from "./timestamp/verify-timestamp.ts";
import type { TrustMaterial } from "./trust/trust-material.ts";

/** A time at which the signature existed, and who says so. */
export interface SignedTime {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly by: string;
}

type LogProof =
  | { readonly kind: "proven"; readonly inclusions: readonly Inclusion[] }
  | { readonly kind: "refused"; readonly detail: string };

/**
 * Proves which known logs hold this very signature. Entries of unknown logs are skipped. If an entry of a known log fails, everything is
 * refused, because its writer had something to hide. https://github.com/sigstore/architecture-docs/blob/main/client-spec.md
 */
export function proveLogged(evidence: SignatureEvidence, verifier: LoggedVerifier, material: TrustMaterial): LogProof {
  const { logEntries } = evidence;
  if (logEntries.kind === "malformed") return { kind: "refused", detail: logEntries.detail };
  const inclusions: Inclusion[] = [];
  for (const entry of logEntries.entries) {
    const verdict = verifyInclusion(entry, material.logs);
    if (verdict.kind === "unknown-log") continue;
    if (verdict.kind === "refused") return verdict;
    const fault = faultOfBody(entry.canonicalizedBody, entry.kindVersion ?? null, evidence, verifier);
    if (fault !== null) return { kind: "refused", detail: fault };
    inclusions.push(verdict.inclusion);
  }
  return { kind: "proven", inclusions };
}

/** Says why no log counts: there is no entry, or none of a log that the root names. */
export function describeUnlogged({ logEntries }: SignatureEvidence): string {
  const some = logEntries.kind === "read" && logEntries.entries.length > 0;
  return some ? "its log entry is of a log that the trusted root does not name" : "no transparency log holds it";
}

type TimeProof = { readonly kind: "proven"; readonly times: readonly SignedTime[] } | { readonly kind: "refused"; readonly detail: string };

/** Proves the times that timestamp authorities of the root vouch for. Strangers are skipped, and known ones must be right. */
export function proveTimestamps({ timestamps, stamped }: SignatureEvidence, material: TrustMaterial): TimeProof {
  if (timestamps.kind === "malformed") return { kind: "refused", detail: timestamps.detail };
  const seen = new Set(timestamps.tokens.map((token) => Buffer.from(token).toString("base64")));
  if (seen.size < timestamps.tokens.length) return { kind: "refused", detail: "the same timestamp twice" };
  const times: SignedTime[] = [];
  for (const token of timestamps.tokens) {
    const verdict = verifyTimestamp(token, stamped, material.timestampAuthorities);
    if (verdict.kind === "refused") return verdict;
    if (verdict.kind === "verified") times.push({ time: verdict.time, by: verdict.authority });
  }
  return { kind: "proven", times };
}

/** Returns the times that logs sign for their entries. */
export function timesOf(inclusions: readonly Inclusion[]): SignedTime[] {
  return inclusions.flatMap(({ log, integratedTime }) => (integratedTime === null ? [] : [{ time: integratedTime, by: log.name }]));
}
