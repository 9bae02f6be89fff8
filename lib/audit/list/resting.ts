import { placeNamed } from "../../discovery/places.ts";
import type { Judgement, RunId, TagState } from "../../history/state.ts";
import type { TagList } from "../../registry/repository-client.ts";
import type { TrustStore } from "../../verification/trust/trust-store.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import type { Run } from "../audit-ports.ts";
import { epochOf } from "../judge/epoch.ts";
import { readTurns } from "./turns.ts";

/** A release that is left alone tonight: it is shown as the run said that last looked at it. */
export interface Resting {
  readonly state: TagState;
  readonly judgement: Judgement;
  readonly checkedAt: RunId;
}

/** Which known releases of one entry may rest tonight, and which come first. */
export interface Rota {
  /** Null: the release is to be looked at. `digest`: what the tag names tonight, where it was resolved. */
  rest(tag: string, digest: string | null): Resting | null;
  /** The run that last looked at a release and had an answer; null for one that is new. */
  lastLooked(tag: string): RunId | null;
}

/**
 * Only what is shown as signed, under tonight's epoch and without a finding, may rest, and only until its turn. Whatever the tag list
 * shows for nothing is seen all the same: a companion tag that is gone ends the rest.
 */
export function planRota(
  watched: WatchedRepository,
  known: ReadonlyMap<string, TagState>,
  list: TagList,
  newest: ReadonlySet<string>,
  { run, trust }: { run: Pick<Run, "id" | "now" | "lastCoverage">; trust: TrustStore },
): Rota {
  const turns = readTurns(watched, run.lastCoverage(watched.repository.name), run);
  const epoch = epochOf(watched, trust).id;
  const lastLooked = (state: TagState): RunId => later(state.run, turns.lastLooked(state.tag));
  return {
    rest(tag, digest) {
      const state = known.get(tag);
      if (watched.recheck.kind === "nightly" || state === undefined || newest.has(tag) || turns.isDue(tag)) return null;
      const judgement = state.last;
      if (judgement === null || judgement.epoch !== epoch || !isQuiet(state, judgement)) return null;
      if (digest !== null && digest !== judgement.digest) return null;
      if (isGone(judgement, watched, list)) return null;
      return { state, judgement, checkedAt: lastLooked(state) };
    },
    lastLooked(tag) {
      const state = known.get(tag);
      return state === undefined ? null : (state.unansweredSince ?? lastLooked(state));
    },
  };
}

function isQuiet(state: TagState, judgement: Judgement): boolean {
  const isSigned = judgement.verdict === "signed" && state.shown.verdict === "signed";
  const isSettled = judgement.cause === null && state.flooded !== true && state.removedSince === null && state.places !== undefined;
  return isSigned && isSettled && state.timeline.at(-1)?.digest === judgement.digest;
}

function later(left: RunId, right: RunId | null): RunId {
  return right !== null && right > left ? right : left;
}

/** Whether the tag list alone shows that a signature is gone. */
function isGone({ digest, signers }: Judgement, watched: WatchedRepository, list: TagList): boolean {
  return signers.some((signer) => {
    const place = placeNamed(signer.place);
    return place.kind === "counting" && place.endsRest(digest, watched, list);
  });
}
