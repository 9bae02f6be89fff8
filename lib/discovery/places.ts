import { COSIGN_TAG } from "./discover-cosign-tag.ts";
import { IMAGE_INDEX } from "./discover-image-index.ts";
import { LOOKASIDE } from "./discover-lookaside.ts";
import { REFERRERS_API } from "./discover-referrers-api.ts";
import { REFERRERS_TAG } from "./discover-referrers-tag.ts";
import { SIGNATURE_EXTENSION } from "./discover-signature-extension.ts";
import { SIGNATURE_REPOSITORY } from "./discover-signature-repository.ts";
import type { Place, PlaceSetting } from "./place.ts";

const TABLE = [
  REFERRERS_API,
  REFERRERS_TAG,
  COSIGN_TAG,
  SIGNATURE_REPOSITORY,
  SIGNATURE_EXTENSION,
  IMAGE_INDEX,
  LOOKASIDE,
] as const satisfies readonly Place[];

/** Says which place an answer or a signature is of. It is recorded, and shown to people. */
export type PlaceName = (typeof TABLE)[number]["name"];

/** A row of the table, under its name. */
type NamedPlace = Place & { readonly name: PlaceName };

/** Every place, in the order in which places are asked and shown. */
export const PLACES: readonly NamedPlace[] = TABLE;

/** The settings of the watch list that say where any place looks, each once. */
export const PLACE_SETTINGS: readonly PlaceSetting[] = [...new Set(PLACES.flatMap(({ settings }) => settings))];

/** The row of this name. */
export function placeNamed(name: PlaceName): NamedPlace {
  return PLACES.find((place) => place.name === name)!;
}
