import { createHash } from "node:crypto";
import type { Judgement, RepositoryState, RunId } from "../../history/state.ts";
import type { Digest } from "../../oci/digest.ts";
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

/** What is known of a digest under a tag, before tonight is recorded. */
interface KnownDigest {
  /** The run that first saw the digest under any tag; null for a digest that is new tonight. */
  readonly firstSeen: RunId | null;
  /** The last definitive verdict of the tag, of this digest or another. */
  readonly last: Judgement | null;
  readonly digest: Digest;
  /** True if the image, and not the watch list, makes the verdict worse tonight. */
  readonly isWorse: boolean;
}

/**
 * Reports whether a rule covers a digest. It covers only what was there when its first complete run began (architecture section 5): a digest
 * that is pushed later under an exempt name is judged like any other. What appears, or gets worse, in that very run is not covered either,
 * then or later: whoever writes an exemption beside it may know why. In a repository's first complete run everything is there already.
 */
export function covers(rule: ExemptionRule, known: KnownDigest, state: RepositoryState | null, run: RunId): boolean {
  const baselineRun = state?.baselineRun ?? run;
  const inForceSince = state?.rules?.[rule.key] ?? run;
  const { firstSeen, last, digest } = known;
  const isBaseline = inForceSince <= baselineRun;
  const isNew = firstSeen === null || (firstSeen === inForceSince && !isBaseline);
  if (inForceSince === run) return isBaseline || (!isNew && !known.isWorse);
  const gotWorseThen = last?.digest === digest && last.verdict !== "signed" && last.since === inForceSince && !last.exempt;
  // A run ahead of tonight had a wrong clock: of what it did not see itself, nobody can tell whether it was there.
  const wasThere = firstSeen !== null && (inForceSince > run ? firstSeen === inForceSince : firstSeen <= inForceSince);
  return wasThere && !isNew && !gotWorseThen;
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
