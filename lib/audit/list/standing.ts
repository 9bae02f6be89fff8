import { placeNamed } from "../../discovery/places.ts";
import type { Judgement, TagState } from "../../history/state.ts";
import type { RecordedAnswer } from "../../history/recorded-answer.ts";
import type { Digest } from "../../oci/digest.ts";
import type { TagList } from "../../registry/repository-client.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";

/**
 * Reports whether the registry's own list shows a signed release exactly as it is recorded: the tag names the same digest, and each place
 * still holds the signature that was verified there. What such a list names is present, so the release needs no request tonight. If
 * anything is missing from the list, the release is asked for as if there were no list.
 */
export function standsAsRecorded(state: TagState | undefined, watched: WatchedRepository, list: TagList): boolean {
  const last = state?.last;
  if (list.bulk === null || !last || last.verdict !== "signed" || watched.target !== "index") return false;
  if (list.bulk.digests.get(state.tag) !== last.digest || state.timeline.at(-1)?.digest !== last.digest) return false;
  if (list.bulk.archived?.has(last.digest)) return false;
  return last.signers.every((signer) => isShown(signer, last.digest, state.places ?? [], watched, list));
}

/** Reports whether the registry's own list shows that a signature is still where it was verified. */
export function isShown(
  { place, artifact }: Judgement["signers"][number],
  target: Digest,
  answers: readonly RecordedAnswer[],
  watched: WatchedRepository,
  { bulk, tags }: TagList,
): boolean {
  // What is archived is kept, but nobody can fetch it.
  if (bulk === null || bulk.archived?.has(artifact)) return false;
  const row = placeNamed(place);
  const holder = answers.find((answer) => answer.place === place)?.holder ?? null;
  return row.kind === "counting" && row.isShown?.({ target, artifact, holder, watched }, bulk, tags) === true;
}
