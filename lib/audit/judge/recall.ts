import { cosignTag } from "../../oci/companion-tag.ts";
import type { Digest } from "../../oci/digest.ts";
import { referrersTag } from "../../oci/companion-tag.ts";
import type { PlaceAnswer, PlaceName } from "../../discovery/candidate.ts";
import { SIGNATURE_SUFFIXES, STATEMENT_SUFFIXES } from "../../discovery/discover-cosign-tag.ts";
import type { SearchedRepository } from "../../discovery/place.ts";
import { presenceOf } from "../../discovery/tag-oracle.ts";
import type { Judgement, RecordedAnswer } from "../../history/state.ts";
import type { Inquiry } from "./inquiry.ts";

/**
 * Asks only the places that are recorded for a signed release: is each of its verified signature manifests still listed?
 * The manifests are named by digest and were verified for this target under this epoch, so their bytes need not be read again.
 * Null where anything is not exactly as recorded: then the release is asked in full.
 */
export async function recallSigned(
  target: Digest,
  recorded: Judgement,
  places: readonly RecordedAnswer[],
  inquiry: Inquiry,
): Promise<PlaceAnswer[] | null> {
  const wanted = new Map(recorded.signers.map((signer) => [`${signer.place} ${signer.artifact}`, signer]));
  for (const { place, artifact } of wanted.values()) if (!(await isStillListed(target, artifact, place, inquiry))) return null;
  const seen = new Set(recorded.signers.map((signer) => signer.place));
  return places.map((answer): PlaceAnswer => {
    if (seen.has(answer.place)) return { place: answer.place, kind: "found", candidates: [], unread: 0, detail: answer.detail };
    if (answer.answer === "failed") return { place: answer.place, kind: "notApplicable", detail: `not asked: ${answer.detail}` };
    return { place: answer.place, kind: "recalled", answer: answer.answer, at: recorded.since, detail: answer.detail };
  });
}

async function isStillListed(target: Digest, artifact: Digest, place: PlaceName, inquiry: Inquiry): Promise<boolean> {
  switch (place) {
    case "referrers-api":
      return isReferrer(target, artifact, inquiry.main);
    case "referrers-tag":
      return isInReferrersTag(target, artifact, inquiry.main);
    case "cosign-tag":
      return isCosignTag(target, artifact, inquiry.main, inquiry.watched.tagPrefix);
    case "signature-repository": {
      const { signatures } = inquiry;
      if (signatures === null) return false;
      if (await isCosignTag(target, artifact, signatures, inquiry.watched.tagPrefix)) return true;
      return (await isInReferrersTag(target, artifact, signatures)) || isReferrer(target, artifact, signatures);
    }
    default:
      return false;
  }
}

async function isCosignTag(target: Digest, artifact: Digest, { client, list }: SearchedRepository, prefix: string): Promise<boolean> {
  for (const suffix of [...SIGNATURE_SUFFIXES, ...STATEMENT_SUFFIXES]) {
    const tag = cosignTag(target, suffix, prefix);
    if (presenceOf(tag, list) !== "listed") continue;
    const answer = await client.resolveTag(tag, { listed: true });
    if (answer.kind === "found" && answer.value.digest === artifact) return true;
  }
  return false;
}

async function isReferrer(target: Digest, artifact: Digest, { referrersApi }: SearchedRepository): Promise<boolean> {
  const answer = await referrersApi.ask(target, { direct: false });
  return answer.kind === "listed" && answer.descriptors.some((entry) => entry.digest === artifact);
}

async function isInReferrersTag(target: Digest, artifact: Digest, { client, list }: SearchedRepository): Promise<boolean> {
  const tag = referrersTag(target);
  if (presenceOf(tag, list) !== "listed") return false;
  const answer = await client.fetchManifest(tag, { listed: true });
  if (answer.kind !== "found") return false;
  const { digest, manifest } = answer.value;
  return digest === artifact || (manifest.kind === "index" && manifest.manifests.some((entry) => entry.digest === artifact));
}
