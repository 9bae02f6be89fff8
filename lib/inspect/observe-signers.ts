import type { Digest } from "../oci/digest.ts";
import type { Repository } from "../oci/reference.ts";
import type { RegistryClients } from "../registry/repository-client.ts";
import { NO_KEY_VERIFIES } from "../verification/find-signers.ts";
import type { TrustStore } from "../verification/trust/trust-store.ts";
import { selectReleases } from "../watchlist/select/select-releases.ts";
import { watchBySigner } from "../watchlist/watch-by-signer.ts";
import type { KeylessSigner, WatchedRepository } from "../watchlist/watch-list.ts";
import { judgeEverywhere } from "./inspect-release.ts";
import type { JudgedRelease } from "../audit/judge/judge-release.ts";
import type { ObservedRelease, ObservedSigner } from "./propose-policy.ts";

/** The newest releases of a repository, with everybody who verifiably signed them. */
export interface ObservedRepository {
  readonly releases: readonly ObservedRelease[];
  /** Tags of which it could not be learned what they name. */
  readonly unresolved: readonly { readonly tag: string; readonly detail: string }[];
  /** Why nothing could be seen, or null. */
  readonly failure: string | null;
}

/** A root to verify signatures under, and its name in the watch list. */
export interface WrittenRoot {
  readonly written: string;
  /** `public-good`, `github`, or the text of a trusted_root.json. */
  readonly trustedRoot: string;
}

interface ObservationPorts {
  readonly clients: RegistryClients;
  readonly trust: TrustStore;
  readonly roots: readonly [WrittenRoot, ...WrittenRoot[]];
  readonly now: number;
  readonly signal: AbortSignal;
  readonly progress: (done: number, all: number) => void;
}

/** Enough to tell a rule from an accident. Each costs some requests. */
const RELEASES_LOOKED_AT = 10;

/**
 * Looks at the newest releases of a repository and verifies every signature and attestation under the roots, whoever made it. `progress` is
 * called after each release. Once `signal` is aborted, nothing more is asked.
 */
export async function observeSigners(
  repository: Repository,
  { clients, trust, roots, now, signal, progress }: ObservationPorts,
): Promise<ObservedRepository> {
  const client = clients.of(repository);
  const list = await client.listTags();
  if (list.failure !== null) return { releases: [], unresolved: [], failure: list.failure.detail };
  const watched = watchAnybody(repository, roots);
  const selected = selectReleases(list.tags, watched).releases;
  const versions = selected.filter(({ kind }) => kind === "version");
  const tags = (versions.length > 0 ? versions : selected).map(({ tag }) => tag);
  const releases: ObservedRelease[] = [];
  const unresolved: { tag: string; detail: string }[] = [];
  const seen = new Set<Digest>();
  for (const tag of tags) {
    if (signal.aborted || releases.length + unresolved.length >= RELEASES_LOOKED_AT) break;
    const resolved = await client.resolveTag(tag, { listed: true });
    if (resolved.kind !== "found") {
      unresolved.push({ tag, detail: resolved.kind === "failed" ? resolved.failure.detail : resolved.detail });
      continue;
    }
    const { digest } = resolved.value;
    if (seen.has(digest)) continue;
    seen.add(digest);
    const { judged } = await judgeEverywhere(resolved.value, tag, watched, list, { clients, trust, now });
    releases.push(observeRelease(tag, judged));
    progress(releases.length, Math.min(tags.length, RELEASES_LOOKED_AT));
  }
  return { releases, unresolved, failure: null };
}

function observeRelease(tag: string, { verdict, results }: JudgedRelease): ObservedRelease {
  const signers = results.flatMap((result): ObservedSigner[] => {
    if (result.kind !== "verified" || result.proof === null) return [];
    if (result.evidence === "nothing" || result.evidence === "unsigned-attestation") return [];
    const { evidence, predicateType, proof, signer } = result;
    const { identity: subject, issuer, claims } = proof;
    return [{ subject, issuer: issuer ?? "", claims, evidence, predicateType, trustedRoot: signer.signer }];
  });
  const others = results.filter((result) => result.kind === "rejected").map(({ detail }) => detail);
  return {
    tag,
    signers,
    others: [...new Set(others)],
    byKey: others.includes(NO_KEY_VERIFIES),
    unknown: verdict.verdict === "unknown",
    otherwise: verdict.explanation,
  };
}

/** Makes an entry that accepts anybody with a certificate under one of the roots. It is only for looking; no verdict rests on it. */
function watchAnybody(repository: Repository, [root, ...others]: readonly [WrittenRoot, ...WrittenRoot[]]): WatchedRepository {
  const any = { kind: "keyless", until: null, issuer: null, subject: null, subjectPattern: null, github: null } as const;
  const signerUnder = ({ written, trustedRoot }: WrittenRoot): KeylessSigner => ({ ...any, name: written, trustedRoot });
  const watched = watchBySigner(repository, signerUnder(root));
  const signers = [root, ...others].map(signerUnder);
  return { ...watched, policy: { ...watched.policy, signers, accept: ["signature", "attestation"] } };
}
