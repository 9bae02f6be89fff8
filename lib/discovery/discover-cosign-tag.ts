import { cosignTag, type CompanionSuffix } from "../oci/companion-tag.ts";
import type { Digest } from "../oci/digest.ts";
import { isTag } from "../oci/reference.ts";
import type { PlaceAnswer, PlaceName } from "./candidate.ts";
import { answerOf, mergeAnswers, type Search } from "./place.ts";
import { readSignatureManifest } from "./signature-manifest.ts";
import { presenceOf } from "./tag-oracle.ts";

/** Where signatures are; `.cosign` is what cosign 0.1 to 0.3 wrote. */
export const SIGNATURE_SUFFIXES: readonly CompanionSuffix[] = [".sig", ".cosign"];
/** Where signed and unsigned statements are. */
export const STATEMENT_SUFFIXES: readonly CompanionSuffix[] = [".att", ".sbom"];

/**
 * cosign's companion tags `[prefix]sha256-<hex>.sig` and its sisters.
 * https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export async function discoverCosignTags(
  target: Digest,
  search: Search,
  suffixes: readonly CompanionSuffix[],
  place: PlaceName = "cosign-tag",
): Promise<PlaceAnswer> {
  return mergeAnswers(place, await Promise.all(suffixes.map((suffix) => discoverTag(target, search, suffix, place))));
}

async function discoverTag(target: Digest, search: Search, suffix: CompanionSuffix, place: PlaceName): Promise<PlaceAnswer> {
  const tag = cosignTag(target, suffix, search.tagPrefix);
  // A sha512 digest does not fit into the 128 characters of a tag.
  if (!isTag(tag)) return { place, kind: "nothing", detail: `tag ${suffix}: none of this digest's length can exist` };
  const presence = presenceOf(tag, search.in.list);
  if (presence === "not-listed" && !search.direct) return { place, kind: "nothing", detail: `tag ${tag}: not in the complete tag list` };
  const answer = await search.in.client.fetchManifest(tag, { listed: presence === "listed" });
  if (answer.kind === "failed") return { place, kind: "failed", failure: answer.failure, candidates: [], detail: answer.failure.detail };
  if (answer.kind === "absent") return { place, kind: "nothing", detail: `tag ${tag}: not found` };
  if (answer.value.digest === target) return { place, kind: "nothing", detail: `tag ${tag}: names the image itself` };
  const read = await readSignatureManifest(search.in.client, answer.value, place, target, { subjectRequired: false });
  return answerOf(place, read, `tag ${tag}: ${read.candidates.length} layer${read.candidates.length === 1 ? "" : "s"}`);
}
