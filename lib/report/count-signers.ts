import type { ReleaseTrace } from "./release-trace.ts";
import type { ReportSigner } from "./report-model.ts";
import type { Stretch } from "./report-period.ts";

/**
 * Counts the releases that each signer had signed in a stretch, highest count first, then by name. `repositories` gives the traces of each.
 * A workflow that signs under the tag it runs for has an identity per release; it counts as one signer, with `{tag}` in that place.
 */
export function countSigners(repositories: Iterable<readonly ReleaseTrace[]>, stretch: Stretch): ReportSigner[] {
  const signers = new Map<string, ReportSigner>();
  for (const traces of repositories) {
    const names = collectNames(traces);
    for (const { spans } of traces) {
      const own = new Map<string, Omit<ReportSigner, "releases">>();
      for (const { from, to, observation } of spans) {
        if (from >= stretch.to || to <= stretch.from || observation.verdict !== "signed") continue;
        for (const { signer, kind, identity, issuer } of observation.signers) {
          const one = { signer, kind, identity: nameTag(identity, names.get(observation.digest)), issuer };
          own.set(JSON.stringify(Object.values(one)), one);
        }
      }
      for (const [key, signer] of own) signers.set(key, { ...signer, releases: (signers.get(key)?.releases ?? 0) + 1 });
    }
  }
  return [...signers.entries()]
    .toSorted(([leftKey, left], [rightKey, right]) => right.releases - left.releases || (leftKey < rightKey ? -1 : 1))
    .map(([, signer]) => signer);
}

/** Returns the tags that named each digest. A workflow signs a moving tag under the version tag on the same digest. */
function collectNames(traces: readonly ReleaseTrace[]): ReadonlyMap<string | null, ReadonlySet<string>> {
  const names = new Map<string | null, Set<string>>();
  for (const { tag, observations } of traces)
    for (const { digest } of observations) names.set(digest, (names.get(digest) ?? new Set()).add(tag));
  return names;
}

/** Forges put this before the tag: https://github.com/sigstore/fulcio/blob/main/docs/oidc.md */
const TAG_MARK = "@refs/tags/";

/** Replaces only a tag of the digest that was signed: any other tag there must stay visible. */
function nameTag(identity: string, tags: ReadonlySet<string> | undefined): string {
  const at = identity.lastIndexOf(TAG_MARK) + TAG_MARK.length;
  return at >= TAG_MARK.length && tags?.has(identity.slice(at)) === true ? `${identity.slice(0, at)}{tag}` : identity;
}
