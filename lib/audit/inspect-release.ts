import { createReferrersCapability } from "../discovery/referrers-capability.ts";
import type { SearchedRepository } from "../discovery/place.ts";
import type { Candidate, PlaceAnswer } from "../discovery/candidate.ts";
import type { Digest } from "../oci/digest.ts";
import { formatReference, type Reference, type Repository } from "../oci/reference.ts";
import type { Answer } from "../registry/answer.ts";
import type { RegistryClients, RepositoryClient, ResolvedTag, TagList } from "../registry/repository-client.ts";
import { publicToolCommand } from "../verification/public-tool-command.ts";
import type { TrustStore } from "../verification/trust/trust-store.ts";
import type { CandidateResult } from "../verification/candidate-result.ts";
import type { Exemption, WatchedRepository } from "../watchlist/watch-list.ts";
import type { CandidateDocument, InspectDocument } from "./audit-document.ts";
import { createOrphans } from "./orphans.ts";
import { ruleFor } from "./exemptions.ts";
import { judgeRelease, type JudgedRelease } from "./judge-release.ts";
import { presenceOf } from "../discovery/tag-oracle.ts";

export interface InspectRequest {
  readonly reference: Reference;
  /** The entry of the watch list, or one made of the command line's key. */
  readonly watched: WatchedRepository;
  /** Name of the watch list's policy, or null where the signer came from the command line. */
  readonly policy: string | null;
  readonly exemptions: readonly Exemption[];
  readonly trust: TrustStore;
  readonly now: number;
}

/**
 * One release, asked everywhere: every place, every candidate, the verdict, and commands that show the same. Reads and writes no history,
 * so a release is judged as on its first night.
 */
export async function inspectRelease(
  { reference, watched, policy, exemptions, trust, now }: InspectRequest,
  clients: RegistryClients,
): Promise<InspectDocument> {
  const client = clients.of(reference.repository);
  const list = await client.listTags();
  const tag = reference.digest === null ? (reference.tag ?? "latest") : reference.tag;
  const resolved = await resolve(client, tag, reference.digest, list);
  const judged =
    resolved.kind === "found" ? await judge(resolved.value.digest, tag, watched, list, { clients, trust, now }) : unresolved(resolved);
  const digest = resolved.kind === "found" ? resolved.value.digest : null;
  const { verdict } = judged;
  const rule = tag === null || verdict.verdict === "signed" ? null : ruleFor(tag, watched, exemptions, now);
  const satisfying = judged.results.find((result) => result.kind === "verified") ?? null;
  const commands =
    digest === null ? [] : [publicToolCommand({ ...watched, repository: reference.repository }, digest, evidenceOf(satisfying, judged))];
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
    commands: commands.filter((command) => command !== null),
    registries: clients.traffic(),
  };
}

async function resolve(client: RepositoryClient, tag: string | null, digest: Digest | null, list: TagList): Promise<Answer<ResolvedTag>> {
  if (digest === null) return client.resolveTag(tag ?? "latest", { listed: presenceOf(tag ?? "latest", list) === "listed" });
  const answer = await client.fetchManifest(digest, { listed: false });
  return answer.kind === "found" ? { kind: "found", value: { digest, mediaType: answer.value.mediaType } } : answer;
}

async function judge(
  digest: Digest,
  tag: string | null,
  watched: WatchedRepository,
  list: TagList,
  { clients, trust, now }: { clients: RegistryClients; trust: TrustStore; now: number },
): Promise<JudgedRelease> {
  const signatures = watched.signatureRepository === null ? null : await search(watched.signatureRepository, clients, null);
  const inquiry = {
    watched,
    names: tag === null ? [] : [tag],
    trust: trust.find,
    main: await search(watched.repository, clients, list),
    signatures,
    recorded: new Set<Digest>(),
    recordedPlaces: new Set<PlaceAnswer["place"]>(),
    firstTime: true,
    everything: true,
    diagnose: watched.target === "index",
    orphans: createOrphans(new Set([digest])),
    now,
    firstSeen: now,
  };
  return judgeRelease({ digest, watched, tags: tag === null ? [] : [tag], inquiry, recallable: null, withinGrace: false });
}

async function search(repository: Repository, clients: RegistryClients, list: TagList | null): Promise<SearchedRepository> {
  const client = clients.of(repository);
  return { client, list: list ?? (await client.listTags()), referrersApi: createReferrersCapability(client, false) };
}

function unresolved(answer: Exclude<Answer<ResolvedTag>, { kind: "found" }>): JudgedRelease {
  const detail = answer.kind === "failed" ? answer.failure.detail : answer.detail;
  const reason = answer.kind === "failed" ? answer.failure.code : "not-found";
  const verdict = { verdict: "unknown", reason, explanation: `There is no such release to judge: ${detail}`, signers: [] } as const;
  return { verdict, answers: [], results: [], artifacts: [], unread: true, judgeUnder: () => verdict };
}

function evidenceOf(result: CandidateResult | null, judged: JudgedRelease): Parameters<typeof publicToolCommand>[2] {
  const candidates: readonly Candidate[] = judged.answers.flatMap((answer) => (answer.kind === "found" ? answer.candidates : []));
  const candidate = candidates.find(({ artifact, place }) => artifact === result?.artifact && place === result.place);
  return candidate === undefined || result === null ? null : { candidate, predicateType: result.predicateType };
}

function formatCandidate(result: CandidateResult): CandidateDocument {
  const { place, artifact, evidence, detail } = result;
  return {
    place,
    artifact,
    form: result.form,
    evidence,
    result: result.kind,
    reason: result.kind === "rejected" ? result.reason : null,
    detail,
    signer: result.kind === "verified" ? result.signer : null,
  };
}
