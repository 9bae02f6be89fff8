import type { PlaceName } from "../../discovery/places.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Judgement, RepositoryHistory, TagState } from "../../history/state.ts";
import { compareTags } from "../../watchlist/select/version-tag.ts";
import type { ComparedRelease } from "./compare-releases.ts";
import { recordedDigests } from "../release-night.ts";
import type { OnceToldChange } from "../repository-outcome.ts";

/**
 * Finds signers whose signatures are in another place than before (architecture section 5, visibility-changed): on a digest that they had
 * signed, or on a release that is newer than any of theirs and compared with the newest one. A signature that was lost and made again is
 * compared with itself, and one that an old release gets late with nothing. Every former place must have been asked tonight and have
 * nothing, so a place that was not asked never counts as left. There is one change for each signer and place. Pure.
 */
export function findVisibilityChanges(releases: readonly ComparedRelease[], history: RepositoryHistory): OnceToldChange[] {
  const changes = new Map<string, OnceToldChange>();
  for (const { facts, verdict, digest } of releases) {
    if (verdict.verdict !== "signed" || facts.judged === null || facts.release.kind !== "version" || digest === null) continue;
    const empty = new Set(
      facts.judged.answers.filter(({ kind }) => kind === "nothing" || kind === "notApplicable").map(({ place }) => place),
    );
    for (const [signer, to] of placesBySigner(verdict.signers)) {
      const from = formerPlaces(signer, digest, history);
      if (from.length === 0 || from.some((place) => to.includes(place) || !empty.has(place))) continue;
      const about = `${signer} ${to.join(" ")}`;
      const explanation = `signatures of ${signer} are in ${to.join(", ")} and no more in ${from.join(", ")}`;
      changes.set(about, { cause: "visibility-changed", kind: "opened", explanation, about, facts: { visibility: { signer, from, to } } });
    }
  }
  return [...changes.values()];
}

function formerPlaces(signer: string, digest: Digest, history: RepositoryHistory): PlaceName[] {
  const recorded = recordedDigests(history).judged.get(digest) ?? [];
  const own = recorded.flatMap(({ last }) => placesBySigner(signersOf(last)).get(signer) ?? []);
  if (own.length > 0) return [...new Set(own)].toSorted();
  const newest = newestRelease(signer, history);
  const isOlder = newest !== null && recorded.some((state) => compareAge(state, newest) < 0);
  return newest === null || isOlder ? [] : (placesBySigner(newest.last!.signers).get(signer) ?? []);
}

/** Returns who signed the digest when it was last signed, whatever became of it since. */
function signersOf(last: TagState["last"]): Judgement["signers"] {
  return last?.verdict === "signed" ? last.signers : (last?.formerSigners ?? []);
}

const NEWEST = new WeakMap<RepositoryHistory, Map<string, TagState | null>>();

/** Returns the release of the signer that was first seen last, once for a signer and history. */
function newestRelease(signer: string, history: RepositoryHistory): TagState | null {
  const known = NEWEST.get(history) ?? new Map<string, TagState | null>();
  NEWEST.set(history, known);
  const found = known.get(signer);
  if (found !== undefined) return found;
  let newest: TagState | null = null;
  for (const state of history.tags.values()) {
    const signs = state.last?.verdict === "signed" && state.last.signers.some((entry) => entry.signer === signer);
    if (signs && (newest === null || compareAge(state, newest) > 0)) newest = state;
  }
  known.set(signer, newest);
  return newest;
}

function compareAge(left: TagState, right: TagState): number {
  const [first, second] = [left.timeline.at(-1)?.since ?? "", right.timeline.at(-1)?.since ?? ""];
  return first < second ? -1 : first > second ? 1 : compareTags(left.tag, right.tag);
}

function placesBySigner(signers: readonly { readonly signer: string; readonly place: PlaceName }[]): Map<string, PlaceName[]> {
  const groups = Map.groupBy(signers, ({ signer }) => signer);
  return new Map([...groups].map(([signer, all]) => [signer, [...new Set(all.map(({ place }) => place))].toSorted()]));
}
