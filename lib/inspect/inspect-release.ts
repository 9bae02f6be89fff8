import { createReferrersCapability } from "../discovery/referrers-capability.ts";
import { openPlaces } from "../discovery/open-places.ts";
import type { PlaceName } from "../discovery/places.ts";
import type { SearchedRepository } from "../discovery/searched-repository.ts";
import type { Digest } from "../oci/digest.ts";
import { DOCKER_SCHEMA_1 } from "../oci/media-types.ts";
import { formatReference, type Reference, type Repository } from "../oci/reference.ts";
import type { Answer } from "../registry/answer.ts";
import type { RegistryClients, RepositoryClient, ResolvedTag, TagList } from "../registry/repository-client.ts";
import { VerificationMemo } from "../verification/verification-memo.ts";
import type { TrustStore } from "../verification/trust/trust-store.ts";
import type { CandidateResult } from "../verification/candidate-result.ts";
import { parseVersionTag } from "../watchlist/select/version-tag.ts";
import type { Exemption, WatchedRepository } from "../watchlist/watch-list.ts";
import type { CandidateDocument, InspectDocument } from "../audit/audit-document.ts";
import { listCommands } from "./list-commands.ts";
import { findCache } from "../audit/judge/missing-in-cache.ts";
import { createOrphans } from "../audit/judge/orphans.ts";
import { isPolicyTagBound } from "../audit/list/group-releases.ts";
import { findVersionNames } from "../audit/list/version-names.ts";
import { ruleFor } from "../audit/compare/exemptions.ts";
import { judgeRelease, type JudgedRelease } from "../audit/judge/judge-release.ts";
import { presenceOf } from "../discovery/tag-presence.ts";

interface InspectRequest {
  readonly reference: Reference;
  /** The entry of the watch list, or one made from the command line. */
  readonly watched: WatchedRepository;
  /** The name of the watch list's policy, or null if the command line named the signer. */
  readonly policy: string | null;
  readonly exemptions: readonly Exemption[];
  readonly trust: TrustStore;
  readonly now: number;
}

/**
 * Inspects one release: asks every place and judges every candidate, and lists commands that show the same. It neither reads nor writes a
 * history, so the release is judged as on its first night.
 */
export async function inspectRelease(
  { reference, watched, policy, exemptions, trust, now }: InspectRequest,
  clients: RegistryClients,
): Promise<InspectDocument> {
  const client = clients.of(reference.repository);
  const list = await client.listTags();
  const tag = reference.digest === null ? (reference.tag ?? "latest") : reference.tag;
  const resolved = await resolve(client, tag, reference.digest, list);
  const { judged, names } =
    resolved.kind === "found"
      ? await judgeEverywhere(resolved.value, tag, watched, list, { clients, trust, now })
      : { judged: unresolved(resolved), names: [] };
  const digest = resolved.kind === "found" ? resolved.value.digest : null;
  const { verdict } = judged;
  const rule = tag === null || verdict.verdict === "signed" ? null : ruleFor(tag, watched, exemptions, now);
  const commands = digest === null ? [] : listCommands({ ...watched, repository: reference.repository }, digest, judged, names);
  return {
    reference: formatReference({ ...reference, tag }),
    repository: reference.repository.name,
    tag,
    digest,
    mediaType: resolved.kind === "found" ? resolved.value.mediaType : null,
    policy,
    verdict: verdict.verdict,
    reason: verdict.reason,
    explanation: verdict.explanation,
    exemption: rule?.document ?? null,
    signers: verdict.signers,
    places: judged.answers.map((answer) => ({ place: answer.place, answer: answer.kind, detail: answer.detail })),
    candidates: judged.results.map(formatCandidate),
    managedSigning: digest === null ? [] : await client.managedSignings(digest),
    trustedRoots: writtenRoots(watched),
    commands,
    registries: clients.traffic(),
  };
}

async function resolve(client: RepositoryClient, tag: string | null, digest: Digest | null, list: TagList): Promise<Answer<ResolvedTag>> {
  if (digest === null) return client.resolveTag(tag ?? "latest", { listed: presenceOf(tag ?? "latest", list) === "listed", by: "GET" });
  const answer = await client.fetchManifest(digest, { listed: false });
  return answer.kind === "found" ? { kind: "found", value: { digest, mediaType: answer.value.mediaType } } : answer;
}

/** Judges one digest under an entry of a watch list, and asks every place. */
export async function judgeEverywhere(
  { digest, mediaType }: ResolvedTag,
  tag: string | null,
  watched: WatchedRepository,
  list: TagList,
  { clients, trust, now }: { clients: RegistryClients; trust: TrustStore; now: number },
): Promise<NamedJudgement> {
  const names = tag === null ? [] : await namesFor(tag, digest, watched, list, clients);
  const main = await search(watched.repository, clients, list);
  const places = await openPlaces(watched, { main, openRepository: (repository) => search(repository, clients, null) });
  const isOfSchema1 = mediaType === DOCKER_SCHEMA_1;
  const inquiry = {
    watched,
    names,
    trust: trust.find,
    memo: new VerificationMemo(),
    main,
    places,
    cache: await findCache([main.client, ...(watched.signatureRepository === null ? [] : [clients.of(watched.signatureRepository)])]),
    recorded: new Set<Digest>(),
    verified: new Set<Digest>(),
    gone: new Set<Digest>(),
    recordedPlaces: new Set<PlaceName>(),
    firstTime: true,
    everything: true,
    diagnose: watched.target === "index" && !isOfSchema1,
    orphans: createOrphans(new Set([digest])),
    now,
    firstSeen: now,
  };
  const judged = await judgeRelease({
    digest,
    watched,
    tags: tag === null ? [] : [tag],
    inquiry,
    isOfSchema1,
    recallable: null,
    standing: null,
    withinGrace: false,
  });
  return { judged, names };
}

/** A judgement with the names that `{tag}` stood for. */
interface NamedJudgement {
  readonly judged: JudgedRelease;
  readonly names: readonly string[];
}

/** Returns what `{tag}` stands for. If identities name the tag, a moving tag takes the names of the version tags on its digest. */
async function namesFor(
  tag: string,
  digest: Digest,
  watched: WatchedRepository,
  list: TagList,
  clients: RegistryClients,
): Promise<string[]> {
  if (parseVersionTag(tag) !== null || !isPolicyTagBound(watched.policy)) return [tag];
  const names = await findVersionNames(digest, list, clients.of(watched.repository));
  return names.length > 0 ? names : [tag];
}

async function search(repository: Repository, clients: RegistryClients, list: TagList | null): Promise<SearchedRepository> {
  const client = clients.of(repository);
  return { client, list: list ?? (await client.listTags()), referrersApi: createReferrersCapability(client, false) };
}

function unresolved(answer: Exclude<Answer<ResolvedTag>, { kind: "found" }>): JudgedRelease {
  const detail = answer.kind === "failed" ? answer.failure.detail : answer.detail;
  const reason = answer.kind === "failed" ? answer.failure.code : "not-found";
  const what = answer.kind === "failed" ? "What this names could not be learned" : "There is no such release to judge";
  const verdict = { verdict: "unknown", reason, explanation: `${what}: ${detail}`, signers: [] } as const;
  return { verdict, answers: [], results: [], artifacts: [], unread: true, gone: null, facts: null, judgeUnder: () => verdict };
}

function writtenRoots({ policy }: WatchedRepository): string[] {
  const roots = policy.signers.flatMap((signer) => {
    if (signer.kind !== "keyless") return [];
    return [signer.trustedRootSource ?? (signer.trustedRoot.startsWith("{") ? "trusted_root.json" : signer.trustedRoot)];
  });
  return [...new Set(roots)];
}

function formatCandidate(result: CandidateResult): CandidateDocument {
  const { place, artifact, evidence, detail, proof } = result;
  // If the root is missing, nobody vouches for the statement either.
  const vouched = result.kind !== "trust-missing";
  return {
    place,
    artifact,
    form: result.form,
    evidence,
    result: result.kind,
    reason: result.kind === "rejected" ? result.reason : null,
    detail,
    predicateType: vouched ? result.predicateType : null,
    claimedPredicateType: evidence === "attestation" ? (vouched ? (result.claimedPredicateType ?? null) : result.predicateType) : null,
    proof,
    signer: result.kind === "verified" ? result.signer : null,
  };
}
