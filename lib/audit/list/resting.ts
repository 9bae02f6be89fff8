import { placeNamed } from "../../discovery/places.ts";
import type { Judgement, RunId, TagState } from "../../history/state.ts";
import { meanwhileOf } from "../../history/meanwhile.ts";
import type { TagList } from "../../registry/repository-client.ts";
import type { TrustStore } from "../../verification/trust/trust-store.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import type { Run } from "../audit-ports.ts";
import { epochOf } from "../judge/epoch.ts";
import { standsAsRecorded } from "./standing.ts";
import { readTurns } from "./turns.ts";

/** A release that is left alone tonight. It is shown as the last run that looked at it said. */
export interface Resting {
  readonly state: TagState;
  readonly judgement: Judgement;
  readonly checkedAt: RunId;
}

/** Which known releases of one entry may rest tonight, and which come first. */
export interface Rota {
  /** Null if the release is to be looked at. `digest` is what the tag names tonight, or null if it was not resolved. */
  rest(tag: string, digest: string | null): Resting | null;
  /** The run that last looked at a release and had an answer, or null for a new release. */
  lastLooked(tag: string): RunId | null;
}

/**
 * Plans which releases rest. A release may rest only if it is shown as signed, under tonight's epoch and without a finding, and only until
 * its turn. What the tag list shows costs no request, so it is looked at every night: if a companion tag is gone, the rest ends.
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
      // Its list costs no request for each release, so it is looked at every night.
      if (standsAsRecorded(state, watched, list)) return null;
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
  const isSettled = judgement.cause === null && meanwhileOf(state) === null && state.removedSince === null && state.places !== undefined;
  return isSigned && isSettled && state.timeline.at(-1)?.digest === judgement.digest;
}

function later(left: RunId, right: RunId | null): RunId {
  return right !== null && right > left ? right : left;
}

/** Reports whether the tag list alone shows that a signature is gone. */
function isGone({ digest, signers }: Judgement, watched: WatchedRepository, list: TagList): boolean {
  return signers.some((signer) => {
    const place = placeNamed(signer.place);
    return place.kind === "counting" && place.endsRest(digest, watched, list);
  });
}
