import type { PlaceSetting } from "../../discovery/place.ts";
import { PLACE_SETTINGS } from "../../discovery/places.ts";
import { epochDocumentOf, formatCanonicalJson } from "../../watchlist/record/epoch-document.ts";
import type { Policy, WatchedRepository } from "../../watchlist/watch-list.ts";
import { isPolicyTagBound } from "../list/group-releases.ts";

/** The settings that say where signatures are looked for: those of every place, and which digests are the targets. */
type SearchSettings = Readonly<Record<PlaceSetting, string | null>> & Pick<WatchedRepository, "target">;

/** Where signatures were looked for, and what was asked. Nothing is known of other places, or of attestations that nobody asked for. */
export type Scope = SearchSettings & {
  /** What the policy accepts and requires, as text to compare. */
  readonly attestations: string;
  /** Whether identities name the tag. Then the other tags of the digest were looked for, too. */
  readonly tagBound: boolean;
};

/** Returns the scope of a search for an entry of the watch list. */
export function scopeOf(watched: WatchedRepository): Scope {
  const { target, policy } = watched;
  const document = epochDocumentOf(watched);
  const settings = Object.fromEntries(PLACE_SETTINGS.map((name) => [name, document[name] ?? null])) as Record<PlaceSetting, string | null>;
  return { ...settings, target, attestations: demandsOf(policy), tagBound: isPolicyTagBound(policy) };
}

/** Reports whether the same places were asked about the same targets. A scope that was recorded before a setting existed did not have it. */
export function looksInSamePlaces(left: SearchSettings, right: SearchSettings): boolean {
  return left.target === right.target && PLACE_SETTINGS.every((name) => (left[name] ?? null) === (right[name] ?? null));
}

function demandsOf({ accept, require }: Policy): string {
  return formatCanonicalJson({ accept: accept.toSorted(), require });
}
