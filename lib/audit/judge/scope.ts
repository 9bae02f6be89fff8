import type { PlaceSetting } from "../../discovery/place.ts";
import { PLACE_SETTINGS } from "../../discovery/places.ts";
import { epochDocumentOf, formatCanonicalJson } from "../../watchlist/record/epoch-document.ts";
import type { Policy, WatchedRepository } from "../../watchlist/watch-list.ts";
import { isPolicyTagBound } from "../list/group-releases.ts";

/** The settings that say where is looked: those of every place, and which digests are the targets. */
type SearchSettings = Readonly<Record<PlaceSetting, string | null>> & Pick<WatchedRepository, "target">;

/** Where was looked, and for what: what is said elsewhere, or of attestations that nobody asked for, is not known. */
export type Scope = SearchSettings & {
  /** What the policy accepts and requires, as text to compare. */
  readonly attestations: string;
  /** Identities name the tag, so that all its other names were looked for. */
  readonly tagBound: boolean;
};

/** The scope of a search for an entry of the watch list. */
export function scopeOf(watched: WatchedRepository): Scope {
  const { target, policy } = watched;
  const document = epochDocumentOf(watched);
  const settings = Object.fromEntries(PLACE_SETTINGS.map((name) => [name, document[name]])) as Record<PlaceSetting, string | null>;
  return { ...settings, target, attestations: demandsOf(policy), tagBound: isPolicyTagBound(policy) };
}

/** Whether the same places were asked about the same digests. */
export function looksInSamePlaces(left: SearchSettings, right: SearchSettings): boolean {
  return left.target === right.target && PLACE_SETTINGS.every((name) => left[name] === right[name]);
}

function demandsOf({ accept, require }: Policy): string {
  return formatCanonicalJson({ accept: accept.toSorted(), require });
}
