import { referrersTag } from "../oci/companion-tag.ts";
import type { Digest } from "../oci/digest.ts";
import { failedReply, type Reply } from "./reply.ts";
import { REFERRERS_LISTED_LIMIT } from "./limits.ts";
import type { CountingPlace, Look, PlaceQuestion } from "./place.ts";
import { readReferrers } from "./referrers.ts";
import type { SearchedRepository } from "./searched-repository.ts";
import { toListed, type ListedReferrer } from "./listed-referrer.ts";
import { readLater } from "./read-later.ts";
import { lendCompanion, newAllowance, openManifest, readOpened, type OpenedManifest } from "./read-signatures.ts";
import { replyOf } from "./signature-manifest.ts";
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
    isStillThere: (target, artifact, look) => isInReferrersTag(main, target, artifact, look),
    isServed: (_target, artifact) => main.client.hasManifest(artifact),
  }),
  endsRest: (digest, _watched, list) => presenceOf(referrersTag(digest), list) === "not-listed",
  // The tag names the very index, or the very signature, that was read.
  isShown: ({ target, artifact, holder }, { digests }) => digests.get(referrersTag(target)) === (holder ?? artifact),
} as const satisfies CountingPlace;

/** Reads the fallback tag of a repository. */
export async function searchReferrersTag({ client, list }: SearchedRepository, question: PlaceQuestion): Promise<Reply> {
  const { target, circle } = question;
  const tag = referrersTag(target);
  const presence = presenceOf(tag, list);
  if (presence === "not-listed" && circle !== "direct") return { kind: "nothing", detail: `tag ${tag}: not in the complete tag list` };
  const reading = { client, known: question, subjectRequired: true, allowance: newAllowance() };
  const { used, gone } = await lendCompanion(client, tag, presence === "listed", question, async (answer): Promise<Reply | Opened> => {
    if (answer.kind === "failed") return failedReply(answer.failure);
    if (answer.kind === "absent") return { kind: "nothing", detail: `tag ${tag}: not found` };
    const { digest, manifest } = answer.value;
    // GitLab answers the tag with the image itself, `cosign copy` stores the image there: no list at all.
    if (digest === target) return { kind: "nothing", detail: `tag ${tag}: names the image itself` };
    // A manifest instead of an index is an ordinary image that took the name, or one referrer that was pushed straight to the tag.
    if (manifest.kind === "manifest") return { holder: null, opened: await openManifest(answer.value, reading) };
    const { length } = manifest.manifests;
    if (length > REFERRERS_LISTED_LIMIT) {
      const detail = `tag ${tag}: ${length} entries; at most ${REFERRERS_LISTED_LIMIT} are read`;
      return failedReply({ code: "limit", detail, status: null, attempts: 1 });
    }
    if (length === 0) return { kind: "nothing", detail: `tag ${tag}: an index without referrers` };
    return { holder: digest, listed: manifest.manifests.map(toListed) };
  });
  if ("kind" in used) return { ...used, ...gone };
  if (used.holder === null)
    return replyOf(await readLater(client, await readOpened(used.opened, reading), question), `tag ${tag}: a manifest`);
  const reply = replyOf(await readReferrers(client, used.listed, question), `tag ${tag}: ${used.listed.length} listed`);
  return reply.kind === "found" ? { ...reply, holder: used.holder } : reply;
}

/** What the tag names, once it is given back: one manifest that was read, or a list. */
type Opened =
  | { readonly holder: null; readonly opened: OpenedManifest }
  | { readonly holder: Digest; readonly listed: readonly ListedReferrer[] };

/** Reports whether the fallback tag of a repository still names the artifact, or whether the tag and the artifact are still there. */
export async function isInReferrersTag(
  { client, list }: SearchedRepository,
  target: Digest,
  artifact: Digest,
  look: Look,
): Promise<boolean> {
  const tag = referrersTag(target);
  if (presenceOf(tag, list) !== "listed") return false;
  if (look === "served") return (await client.hasManifest(artifact)).kind === "found";
  const answer = await client.fetchManifest(tag, { listed: true });
  if (answer.kind !== "found") return false;
  const { digest, manifest } = answer.value;
  return digest === artifact || (manifest.kind === "index" && manifest.manifests.some((entry) => entry.digest === artifact));
}
