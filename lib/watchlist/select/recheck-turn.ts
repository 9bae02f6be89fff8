import { createHash } from "node:crypto";
import type { WatchedRepository } from "../watch-list.ts";

/** Returns which of so many nights is a release's turn, from 0: a hash of its tag, keyed with the repository. */
export function turnOf(repository: string, tag: string, nights: number): number {
  return createHash("sha256").update(`${repository}\n${tag}`).digest().readUInt32BE() % nights;
}

/** Returns a key of what selects an entry's releases, as 8 hex digits. What one selection looked at says nothing of another's. */
export function selectionKey({ tags }: Pick<WatchedRepository, "tags">): string {
  const { include, exclude, semver, newest, moving } = tags;
  const text = JSON.stringify([include, exclude, semver, newest, moving]);
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
