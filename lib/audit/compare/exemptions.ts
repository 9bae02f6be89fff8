import { createHash } from "node:crypto";
import type { RepositoryState, RunId } from "../../history/state.ts";
import { findExemption, isBeforeSigningBegan } from "../../watchlist/select/exemptions.ts";
import type { Exemption, WatchedRepository } from "../../watchlist/watch-list.ts";
import type { ExemptionDocument } from "../audit-document.ts";

/** A rule that exempts, and the key under which its first complete run is recorded. */
export interface ExemptionRule {
  readonly key: string;
  readonly document: ExemptionDocument;
}

/** Returns the rule that is in force for this tag: an exemption or `signedSince`. */
export function ruleFor(tag: string, watched: WatchedRepository, exemptions: readonly Exemption[], now: number): ExemptionRule | null {
  const exemption = findExemption(exemptions, watched.repository.name, tag, now);
  if (exemption !== null) {
    const { reason, owner, ticket } = exemption;
    const until = new Date(exemption.until).toISOString();
    return { key: exemptionKey(exemption), document: { reason, owner, ticket, until } };
  }
  if (watched.signedSince === null || !isBeforeSigningBegan(tag, watched.signedSince)) return null;
  const document = { reason: "before signing began", owner: watched.owner, ticket: null, until: null };
  return { key: signedSinceKey(watched.signedSince), document };
}

/**
 * Reports whether a rule covers a digest. It covers only digests that were there in its first complete run (architecture section 5). A
 * digest that is pushed later under an exempt name is judged like any other. `firstSeen` is null for a digest that is new tonight.
 */
export function covers(rule: ExemptionRule, firstSeen: RunId | null, state: RepositoryState | null, tonight: RunId): boolean {
  const inForceSince = state?.rules?.[rule.key];
  if (inForceSince === undefined) return true;
  // A run ahead of tonight had a wrong clock: of what it did not see itself, nobody can tell whether it was there.
  return firstSeen !== null && (inForceSince > tonight ? firstSeen === inForceSince : firstSeen <= inForceSince);
}

/** Returns the keys of all rules in force for a repository, even if no tag needs them tonight, because their first run is now. */
export function rulesInForce(entries: readonly WatchedRepository[], exemptions: readonly Exemption[], now: number): string[] {
  const names = new Set(entries.map(({ repository }) => repository.name));
  const own = exemptions.filter(({ repository, until }) => names.has(repository) && now <= until);
  const since = entries.flatMap(({ signedSince }) => signedSince ?? []);
  return [...own.map(exemptionKey), ...since.map(signedSinceKey)];
}

function exemptionKey({ repository, tags }: Exemption): string {
  return keyOf(["exemption", repository, ...tags]);
}

function signedSinceKey(version: string): string {
  return keyOf(["signedSince", version]);
}

function keyOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
