import { cosignTag, type CompanionSuffix } from "../oci/companion-tag.ts";
import type { Digest } from "../oci/digest.ts";
import { isTag } from "../oci/reference.ts";
import { failedReply, mergeReplies, type Reply } from "./reply.ts";
import type { CountingPlace, PlaceQuestion } from "./place.ts";
import type { SearchedRepository } from "./searched-repository.ts";
import { readLater } from "./read-later.ts";
import { lendCompanion, newAllowance, openManifest, readOpened, type OpenedManifest } from "./read-signatures.ts";
import { replyOf } from "./signature-manifest.ts";
import { presenceOf } from "./tag-presence.ts";

/** Signatures; `.cosign` is what cosign 0.1 to 0.3 wrote. */
const SIGNATURE_SUFFIXES: readonly CompanionSuffix[] = [".sig", ".cosign"];
/** Signed and unsigned statements. */
const STATEMENT_SUFFIXES: readonly CompanionSuffix[] = [".att", ".sbom"];
const SUFFIXES: readonly CompanionSuffix[] = [...SIGNATURE_SUFFIXES, ...STATEMENT_SUFFIXES];

/**
 * cosign's companion tags `[prefix]sha256-<hex>.sig` and its sisters.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export const COSIGN_TAG = {
  kind: "counting",
  name: "cosign-tag",
  location: "here",
  settings: ["tagPrefix"],
  open: ({ tagPrefix }, { main }) => ({
    ask: (question) => {
      const suffixes = suffixesFor(main, tagPrefix, question);
      return suffixes.length === 0 ? null : searchCosignTags(main, tagPrefix, question, suffixes);
    },
    isStillThere: (target, artifact) => isCosignTag(main, tagPrefix, target, artifact),
    isServed: (_target, artifact) => main.client.hasManifest(artifact),
  }),
  endsRest: (digest, { tagPrefix }, list) =>
    SUFFIXES.every((suffix) => presenceOf(cosignTag(digest, suffix, tagPrefix), list) === "not-listed"),
  // Harbor lists what a companion tag names under the image, and not by the tag.
  isShown: ({ target, artifact, watched }, { digests, referrers }, tags) =>
    SUFFIXES.map((suffix) => cosignTag(target, suffix, watched.tagPrefix)).some(
      (tag) => digests.get(tag) === artifact || (tags.has(tag) && !digests.has(tag) && referrers.get(target)?.has(artifact)),
    ),
} as const satisfies CountingPlace;

/** Reads companion tags of a repository, all of them if no suffixes are named. */
export async function searchCosignTags(
  repository: SearchedRepository,
  tagPrefix: string,
  question: PlaceQuestion,
  suffixes = SUFFIXES,
): Promise<Reply> {
  const asked = suffixes.map((suffix) => searchTag(repository, cosignTag(question.target, suffix, tagPrefix), suffix, question));
  return mergeReplies(await Promise.all(asked));
}

/** Reports whether a companion tag of a repository still names the artifact. */
export async function isCosignTag(
  { client, list }: SearchedRepository,
  tagPrefix: string,
  target: Digest,
  artifact: Digest,
): Promise<boolean> {
  for (const suffix of SUFFIXES) {
    const tag = cosignTag(target, suffix, tagPrefix);
    if (list.bulk?.digests.get(tag) === artifact) return true;
    if (presenceOf(tag, list) !== "listed") continue;
    if (list.bulk?.digests.has(tag) === false && list.bulk.referrers.get(target)?.has(artifact)) return true;
    const answer = await client.resolveTag(tag, { listed: true });
    if (answer.kind === "found" && answer.value.digest === artifact) return true;
  }
  return false;
}

/** The direct circle asks only for tags of which nothing but the list was asked. */
function suffixesFor(
  { list }: SearchedRepository,
  tagPrefix: string,
  { target, circle, attested }: PlaceQuestion,
): readonly CompanionSuffix[] {
  switch (circle) {
    case "listed":
      return attested ? SUFFIXES : SIGNATURE_SUFFIXES;
    case "statements":
      return attested ? [] : STATEMENT_SUFFIXES;
    case "direct":
      return SUFFIXES.filter((suffix) => presenceOf(cosignTag(target, suffix, tagPrefix), list) === "not-listed");
  }
}

async function searchTag(
  { client, list }: SearchedRepository,
  tag: string,
  suffix: CompanionSuffix,
  question: PlaceQuestion,
): Promise<Reply> {
  // A sha512 digest does not fit into the 128 characters of a tag.
  if (!isTag(tag)) return { kind: "nothing", detail: `tag ${suffix}: none of this digest's length can exist` };
  const presence = presenceOf(tag, list);
  if (presence === "not-listed" && question.circle !== "direct")
    return { kind: "nothing", detail: `tag ${tag}: not in the complete tag list` };
  const reading = { client, known: question, subjectRequired: false, allowance: newAllowance() };
  const { used, gone } = await lendCompanion(
    client,
    tag,
    presence === "listed",
    question,
    async (answer): Promise<Reply | OpenedManifest> => {
      if (answer.kind === "failed") return failedReply(answer.failure);
      if (answer.kind === "absent") return { kind: "nothing", detail: `tag ${tag}: not found` };
      if (answer.value.digest === question.target) return { kind: "nothing", detail: `tag ${tag}: names the image itself` };
      return openManifest(answer.value, reading);
    },
  );
  if ("kind" in used) return { ...used, ...gone };
  const read = await readLater(client, await readOpened(used, reading), question);
  return replyOf(read, `tag ${tag}: ${read.candidates.length} layer${read.candidates.length === 1 ? "" : "s"}`);
}
