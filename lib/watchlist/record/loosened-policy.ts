import { formatCanonicalJson } from "./epoch-document.ts";
import type { Policy, Signer } from "../watch-list.ts";

/**
 * Returns, as phrases, what a policy lets pass that it did not before: a signer added or changed, a lower threshold, a weaker demand. A
 * changed identity always counts, because somebody may sign now who could not before. Pure.
 */
export function findLooserPolicy(before: Policy, after: Policy): string[] {
  const known = new Map(before.signers.map((signer) => [identityOf(signer), signer]));
  const signers = after.signers.flatMap((signer) => {
    const former = known.get(identityOf(signer));
    if (former !== undefined) return endsLater(former, signer) ? [`signer ${signer.name} counts for longer`] : [];
    return [`signer ${signer.name} ${before.signers.some(({ name }) => name === signer.name) ? "changed" : "added"}`];
  });
  const annotations = Object.entries(before.annotations).filter(([name, value]) => after.annotations[name] !== value);
  const kept = new Set(after.require.map((demand) => formatCanonicalJson(demand)));
  const logs = ["none", "optional", "required"];
  const phrases = [
    ...signers,
    after.threshold < before.threshold && `threshold ${before.threshold} is now ${after.threshold}`,
    logs.indexOf(after.transparencyLog) < logs.indexOf(before.transparencyLog) &&
      `transparencyLog ${before.transparencyLog} is now ${after.transparencyLog}`,
    ...annotations.map(([name]) => `annotation ${name} is not demanded as before`),
    ...after.accept.filter((what) => !before.accept.includes(what)).map((what) => `accept has ${what} now`),
    ...before.require
      .filter((demand) => !kept.has(formatCanonicalJson(demand)))
      .map(({ predicate }) => `require ${predicate} is not as before`),
  ];
  return phrases.filter((phrase) => phrase !== false);
}

/** Returns what identifies a signer, whatever its name and the names of its files. */
function identityOf({ name: _name, until: _until, ...signer }: Signer): string {
  return formatCanonicalJson({ ...signer, source: undefined, trustedRootSource: undefined });
}

function endsLater(before: Signer, after: Signer): boolean {
  return before.until !== null && (after.until === null || after.until > before.until);
}
