import type { Digest } from "../oci/digest.ts";
import type { Repository } from "../oci/reference.ts";
import type { RegistryClients } from "../registry/repository-client.ts";
import type { SigningProof } from "../verification/candidate-result.ts";
import { NAMED_ROOTS, type TrustStore } from "../verification/trust/trust-store.ts";
import { selectReleases } from "../watchlist/select-releases.ts";
import { watchBySigner } from "../watchlist/watch-by-signer.ts";
import type { KeylessSigner, WatchedRepository } from "../watchlist/watch-list.ts";
import { judgeEverywhere } from "./inspect-release.ts";
import type { ObservedRelease, ObservedSigner } from "./propose-policy.ts";

/** What was seen of a repository: its newest releases with everybody who verifiably signed them. */
export interface Observation {
  readonly releases: readonly ObservedRelease[];
  /** Why nothing could be seen, or null. */
  readonly failure: string | null;
}

/** Enough to tell a rule from an accident; each costs some requests. */
const RELEASES_LOOKED_AT = 10;

/**
 * Looks at the newest releases of a repository and verifies every signature and attestation there under the named roots, whoever made
 * it. `progress` is told after each release.
 */
export async function observeSigners(
  repository: Repository,
  {
    clients,
    trust,
    now,
    progress,
  }: { clients: RegistryClients; trust: TrustStore; now: number; progress: (done: number, all: number) => void },
): Promise<Observation> {
  const client = clients.of(repository);
  const list = await client.listTags();
  if (list.failure !== null) return { releases: [], failure: list.failure.detail };
  const watched = watchAnybody(repository);
  const selected = selectReleases(list.tags, watched).releases;
  const versions = selected.filter(({ kind }) => kind === "version");
  const tags = (versions.length > 0 ? versions : selected).map(({ tag }) => tag);
  const releases: ObservedRelease[] = [];
  const seen = new Set<Digest>();
  for (const tag of tags) {
    if (releases.length >= RELEASES_LOOKED_AT) break;
    const resolved = await client.resolveTag(tag, { listed: true });
    if (resolved.kind !== "found") continue;
    const { digest } = resolved.value;
    if (seen.has(digest)) continue;
    seen.add(digest);
    const { verdict, results } = await judgeEverywhere(digest, tag, watched, list, { clients, trust, now });
    const signers = results.flatMap((result): ObservedSigner[] => {
      if (
        result.kind !== "verified" ||
        result.proof === null ||
        result.evidence === "nothing" ||
        result.evidence === "unsigned-attestation"
      )
        return [];
      return [{ ...observe(result.proof), evidence: result.evidence, trustedRoot: result.signer.signer }];
    });
    const others = results.filter((result) => result.kind === "rejected").map(({ detail }) => detail);
    releases.push({ tag, signers, others: [...new Set(others)], otherwise: verdict.explanation });
    progress(releases.length, Math.min(tags.length, RELEASES_LOOKED_AT));
  }
  return { releases, failure: null };
}

function observe({ identity, issuer, claims }: SigningProof): Pick<ObservedSigner, "subject" | "issuer" | "claims"> {
  return { subject: identity, issuer: issuer ?? "", claims };
}

/** Whoever has a certificate under one of the named roots. Only for looking: no verdict is told of it. */
function watchAnybody(repository: Repository): WatchedRepository {
  const any = { kind: "keyless", until: null, issuer: null, subject: null, subjectPattern: null, github: null } as const;
  const signers = NAMED_ROOTS.map((trustedRoot): KeylessSigner => ({ ...any, name: trustedRoot, trustedRoot }));
  const watched = watchBySigner(repository, signers[0]!);
  return { ...watched, policy: { ...watched.policy, signers, accept: ["signature", "attestation"] } };
}
