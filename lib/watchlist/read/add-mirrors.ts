import type { Repository } from "../../oci/reference.ts";
import type { WatchedRepository } from "../watch-list.ts";

/** A watched repository with the mirrors that its entry names. */
interface MirroredRepository {
  readonly watched: WatchedRepository;
  readonly mirrors: readonly Repository[];
}

/**
 * Returns all watched repositories with their mirrors. A mirror is audited like its source, by the settings of that entry; if another entry
 * names the mirror, by those of its own.
 */
export function addMirrors(entries: readonly MirroredRepository[]): WatchedRepository[] {
  const sources = new Map(entries.flatMap(({ watched, mirrors }) => mirrors.map(({ name }) => [name, watched.repository.name])));
  const named = new Set(entries.map(({ watched }) => watched.repository.name));
  return entries.flatMap(({ watched, mirrors }) => {
    const mirrorOf = sources.get(watched.repository.name);
    const own = mirrorOf === undefined ? watched : { ...watched, mirrorOf };
    const added = mirrors.filter(({ name }) => !named.has(name));
    return [own, ...added.map((repository): WatchedRepository => ({ ...watched, repository, mirrorOf: watched.repository.name }))];
  });
}
