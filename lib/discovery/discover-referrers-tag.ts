import { referrersTag } from "../oci/companion-tag.ts";
import type { Digest } from "../oci/digest.ts";
import type { Descriptor } from "../oci/manifest.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import { failedReply, type Reply } from "./reply.ts";
import { REFERRERS_LISTED_LIMIT } from "./limits.ts";
import type { CountingPlace, PlaceQuestion } from "./place.ts";
import { readReferrers } from "./referrers.ts";
import type { SearchedRepository } from "./searched-repository.ts";
import { replyOf, readSignatureManifest } from "./signature-manifest.ts";
import { presenceOf } from "./tag-presence.ts";

/**
 * The fallback tag `sha256-<hex>`, an index of referrers that clients write if there is no API, and sometimes if there is one.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
export const REFERRERS_TAG = {
  kind: "counting",
  name: "referrers-tag",
  location: "here",
  settings: [],
  open: (_watched, { main }) => ({
    ask: (question) => {
      const isNext = question.circle === "listed" || (question.circle === "direct" && question.before === "nothing");
      return isNext ? searchReferrersTag(main, question) : null;
    },
    isStillThere: (target, artifact) => isInReferrersTag(main, target, artifact),
    isServed: (_target, artifact) => main.client.hasManifest(artifact),
  }),
  endsRest: (digest, _watched, list) => presenceOf(referrersTag(digest), list) === "not-listed",
  // The tag names the very index, or the very signature, that was read.
  isShown: ({ target, artifact, holder }, { digests }) => digests.get(referrersTag(target)) === (holder ?? artifact),
} as const satisfies CountingPlace;

/** Reads the fallback tag of a repository. */
export async function searchReferrersTag(
  { client, list }: SearchedRepository,
  { target, circle, recorded }: PlaceQuestion,
): Promise<Reply> {
  const tag = referrersTag(target);
  const presence = presenceOf(tag, list);
  if (presence === "not-listed" && circle !== "direct") return { kind: "nothing", detail: `tag ${tag}: not in the complete tag list` };
  const answer = await client.fetchManifest(tag, { listed: presence === "listed" });
  if (answer.kind === "failed") return failedReply(answer.failure);
  if (answer.kind === "absent") return { kind: "nothing", detail: `tag ${tag}: not found` };
  const fetched = answer.value;
  // GitLab answers the tag with the image itself, `cosign copy` stores the image there: no list at all.
  if (fetched.digest === target) return { kind: "nothing", detail: `tag ${tag}: names the image itself` };
  if (fetched.manifest.kind === "manifest") return readSingle(client, fetched, target, tag);

  const entries = fetched.manifest.manifests.filter((entry) => !isPlatformEntry(entry));
  if (entries.length > REFERRERS_LISTED_LIMIT) {
    const detail = `tag ${tag}: ${entries.length} entries; at most ${REFERRERS_LISTED_LIMIT} are read`;
    return failedReply({ code: "limit", detail, status: null, attempts: 1 });
  }
  if (entries.length === 0) return { kind: "nothing", detail: `tag ${tag}: an index without referrers` };
  const read = await readReferrers(client, entries, target, recorded);
  const reply = replyOf(read, `tag ${tag}: ${entries.length} listed`);
  return reply.kind === "found" ? { ...reply, holder: fetched.digest } : reply;
}

/** Reports whether the fallback tag of a repository still names the artifact. */
export async function isInReferrersTag({ client, list }: SearchedRepository, target: Digest, artifact: Digest): Promise<boolean> {
  const tag = referrersTag(target);
  if (presenceOf(tag, list) !== "listed") return false;
  const answer = await client.fetchManifest(tag, { listed: true });
  if (answer.kind !== "found") return false;
  const { digest, manifest } = answer.value;
  return digest === artifact || (manifest.kind === "index" && manifest.manifests.some((entry) => entry.digest === artifact));
}

/** An entry of an ordinary image index: a platform and no artifact type. */
function isPlatformEntry(entry: Descriptor): boolean {
  return entry.platform !== null && entry.artifactType === null;
}

/** A manifest instead of an index: an ordinary image that took the name, or one referrer pushed straight to the tag. */
async function readSingle(client: RepositoryClient, fetched: FetchedManifest, target: Digest, tag: string): Promise<Reply> {
  if (fetched.manifest.subject?.digest !== target) return { kind: "nothing", detail: `tag ${tag}: another image, no list of referrers` };
  const read = await readSignatureManifest(client, fetched, target, { subjectRequired: true });
  return replyOf(read, `tag ${tag}: one referrer`);
}
