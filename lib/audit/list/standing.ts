import { placeNamed } from "../../discovery/places.ts";
import type { Judgement, TagState } from "../../history/state.ts";
import type { BulkList, TagList } from "../../registry/repository-client.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";

/**
 * Reports whether the registry's own list shows a signed release exactly as it is recorded: the tag names the same digest, and each place
 * still holds the signature that was verified there. What such a list names is present, so the release needs no request tonight. If
 * anything is missing from the list, the release is asked for as if there were no list.
 */
export function standsAsRecorded(state: TagState | undefined, watched: WatchedRepository, { bulk }: Pick<TagList, "bulk">): boolean {
  const last = state?.last;
  if (bulk === null || state === undefined || !last || last.verdict !== "signed" || watched.target !== "index") return false;
  if (bulk.digests.get(state.tag) !== last.digest || state.timeline.at(-1)?.digest !== last.digest) return false;
  return last.signers.every((signer) => isShown(signer, last, state, watched, bulk));
}

function isShown(
  { place, artifact }: Judgement["signers"][number],
  { digest: target }: Judgement,
  { places = [] }: TagState,
  watched: WatchedRepository,
  bulk: BulkList,
): boolean {
  const row = placeNamed(place);
  const holder = places.find((answer) => answer.place === place)?.holder ?? null;
  return row.kind === "counting" && row.isShown?.({ target, artifact, holder, watched }, bulk) === true;
}
