import { createHash } from "node:crypto";
import type { WatchedRepository } from "../watch-list.ts";

/** Which of so many nights is a release's: a hash of its tag, keyed with the repository. From 0. */
export function turnOf(repository: string, tag: string, nights: number): number {
  return createHash("sha256").update(`${repository}\n${tag}`).digest().readUInt32BE() % nights;
}

/** Names an entry by what selects its releases: what another selection looked at is not what this one would have. 8 hex digits. */
export function selectionKey({ tags }: Pick<WatchedRepository, "tags">): string {
  const { include, exclude, semver, newest, moving } = tags;
  const text = JSON.stringify([include, exclude, semver, newest, moving]);
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
