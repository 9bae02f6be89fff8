import { openPlaces, type OpenedPlaces } from "../../discovery/open-places.ts";
import type { SearchedRepository } from "../../discovery/searched-repository.ts";
import type { Repository } from "../../oci/reference.ts";
import type { WatchedRepository } from "../../watchlist/watch-list.ts";
import type { Run } from "../audit-ports.ts";

/** Opens the places of an entry of the watch list, once: when the first release is judged under it. */
export type PlaceOpener = (watched: WatchedRepository) => Promise<OpenedPlaces>;

/** Creates the opener for the audit of one repository. Other repositories that hold signatures are opened once a run. */
export function createPlaceOpener(main: SearchedRepository, run: Run): PlaceOpener {
  const opened = new Map<WatchedRepository, Promise<OpenedPlaces>>();
  return (watched) => {
    const surroundings = { main, openRepository: (repository: Repository) => run.signatureRepository(repository) };
    const places = opened.get(watched) ?? openPlaces(watched, surroundings);
    opened.set(watched, places);
    return places;
  };
}
