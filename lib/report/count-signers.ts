import type { ReleaseTrace } from "./release-trace.ts";
import type { Stretch } from "./describe-release.ts";
import type { ReportSigner } from "./report-model.ts";

/** Who had signed how many releases in a stretch: those of most first, then by name. */
export function countSigners(traces: readonly ReleaseTrace[], stretch: Stretch): ReportSigner[] {
  const signers = new Map<string, { signer: Omit<ReportSigner, "releases">; releases: number }>();
  for (const { spans } of traces) {
    const own = new Map<string, Omit<ReportSigner, "releases">>();
    for (const { from, to, observation } of spans) {
      if (from >= stretch.to || to <= stretch.from || observation.verdict !== "signed") continue;
      for (const { signer, kind, identity, issuer } of observation.signers)
        own.set(JSON.stringify([signer, kind, identity, issuer]), { signer, kind, identity, issuer });
    }
    for (const [key, signer] of own) signers.set(key, { signer, releases: (signers.get(key)?.releases ?? 0) + 1 });
  }
  return [...signers.entries()]
    .toSorted(([leftKey, left], [rightKey, right]) => right.releases - left.releases || (leftKey < rightKey ? -1 : 1))
    .map(([, { signer, releases }]) => ({ ...signer, releases }));
}
