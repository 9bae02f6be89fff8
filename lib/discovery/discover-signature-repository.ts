import { isCosignTag, searchCosignTags } from "./discover-cosign-tag.ts";
import { isReferrer, searchReferrersApi } from "./discover-referrers-api.ts";
import { isInReferrersTag, searchReferrersTag } from "./discover-referrers-tag.ts";
import { failedReply, mergeReplies, type Reply } from "./reply.ts";
import type { CountingPlace, PlaceQuestion } from "./place.ts";
import type { SearchedRepository } from "./searched-repository.ts";

/** Tags and referrers of another repository (COSIGN_REPOSITORY). If it cannot be read, a missing tag proves nothing. */
export const SIGNATURE_REPOSITORY = {
  kind: "counting",
  name: "signature-repository",
  location: "elsewhere",
  settings: ["signatureRepository", "tagPrefix"],
  open: async ({ signatureRepository, tagPrefix }, { openRepository }) => {
    if (signatureRepository === null) return null;
    const repository = await openRepository(signatureRepository);
    return {
      ask: (question) => {
        const isNext = question.circle === "listed" || (question.circle === "direct" && question.before === "nothing");
        return isNext ? search(repository, tagPrefix, question) : null;
      },
      isStillThere: async (target, artifact, look) =>
        (await isCosignTag(repository, tagPrefix, target, artifact)) ||
        (await isInReferrersTag(repository, target, artifact, look)) ||
        isReferrer(repository, target, artifact, look),
      isServed: (_target, artifact) => repository.client.hasManifest(artifact),
    };
  },
  endsRest: () => false,
} as const satisfies CountingPlace;

/** What was held here may have been held by a tag: of its referrers API only what the repository itself showed is known. */
async function search(repository: SearchedRepository, tagPrefix: string, question: PlaceQuestion): Promise<Reply> {
  const { list, client } = repository;
  if (!list.complete && list.tags.size === 0) {
    const failure = list.failure ?? { code: "page-missing", detail: "its tags cannot be listed", status: null, attempts: 1 };
    return failedReply({ ...failure, detail: `signature repository ${client.repository.name}: ${failure.detail}` });
  }
  return mergeReplies(
    await Promise.all([
      searchCosignTags(repository, tagPrefix, question),
      searchReferrersApi(repository, { ...question, held: false }),
      searchReferrersTag(repository, question),
    ]),
  );
}
