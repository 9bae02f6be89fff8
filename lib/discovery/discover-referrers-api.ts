import type { Digest } from "../oci/digest.ts";
import { failedReply, type Reply } from "./reply.ts";
import { toListed } from "./listed-referrer.ts";
import type { CountingPlace, Look, PlaceQuestion } from "./place.ts";
import { readReferrers } from "./referrers.ts";
import type { SearchedRepository } from "./searched-repository.ts";
import { replyOf, type ReadSignatures } from "./signature-manifest.ts";

/**
 * `GET /v2/<name>/referrers/<digest>`. A 404 or a redirect means that there is no API here, but only for a repository
 * that never showed a referrer by it; if it did, the same answer is a failure.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export const REFERRERS_API = {
  kind: "counting",
  name: "referrers-api",
  location: "here",
  settings: [],
  open: (_watched, { main }) => ({
    ask: (question) => {
      const isNext = question.circle === "listed" || (question.circle === "direct" && question.before === "notApplicable");
      return isNext ? searchReferrersApi(main, question) : null;
    },
    isStillThere: (target, artifact, look) => isReferrer(main, target, artifact, look),
    isServed: (_target, artifact) => main.client.hasManifest(artifact),
    // A referrer that was met tonight proves the API: the 404s that were taken for "no API" before it are failures after all.
    refutes: ({ kind }) => kind === "notApplicable" && main.referrersApi.learnedNow,
  }),
  endsRest: () => false,
  // The artifact names the target itself, so the API lists it as long as it is stored.
  isShown: ({ target, artifact }, { referrers, stored }) => referrers.get(target)?.has(artifact) === true || stored?.has(artifact) === true,
} as const satisfies CountingPlace;

/** Asks the referrers API of a repository. `held`: it once showed a verified signature of the target. */
export async function searchReferrersApi({ client, referrersApi }: SearchedRepository, question: PlaceQuestion): Promise<Reply> {
  const { target, circle, held } = question;
  const answer = await referrersApi.ask(target, { direct: circle === "direct" });
  if (answer.kind === "failed") return failedReply(answer.failure);
  if (answer.kind === "unsupported") {
    if (!referrersApi.learned && !held) return { kind: "notApplicable", detail: `no referrers API (${answer.detail})` };
    const detail = `referrers API: ${answer.detail}, although it has answered for this repository before`;
    return failedReply({ code: "not-found", detail, status: 404, attempts: 1 });
  }
  if (answer.descriptors.length === 0) return { kind: "nothing", detail: "referrers API: 200, empty list" };
  const read = await readReferrers(client, answer.descriptors.map(toListed), question);
  if (read.namesSubject) referrersApi.learn();
  return replyOf(byRegistry(read), `referrers API: 200, ${answer.descriptors.length} listed`);
}

/** The registry makes this list itself, and may be behind with it for a night. */
function byRegistry(read: ReadSignatures): ReadSignatures {
  if (read.failure?.code !== "listed-but-missing") return read;
  const { isStored: _isStored, ...failure } = read.failure;
  return { ...read, failure };
}

/** Reports whether the referrers API of a repository still lists the artifact, or whether the artifact is still served. */
export async function isReferrer(
  { client, referrersApi, list }: SearchedRepository,
  target: Digest,
  artifact: Digest,
  look: Look,
): Promise<boolean> {
  if (list.bulk?.referrers.get(target)?.has(artifact) || list.bulk?.stored?.has(artifact)) return true;
  if (look === "served") return (await client.hasManifest(artifact)).kind === "found";
  const answer = await referrersApi.ask(target, { direct: false });
  return answer.kind === "listed" && answer.descriptors.some((entry) => entry.digest === artifact);
}
