import type { Digest } from "../../oci/digest.ts";
import { DOCKER_SCHEMA_1 } from "../../oci/media-types.ts";
import { isTagBound } from "../../verification/identity/match-identity.ts";
import type { Policy } from "../../watchlist/watch-list.ts";
import type { ListedRelease } from "./resolve-releases.ts";

/** The tags that name one digest under one entry of the watch list. They are judged once, under these names. */
export interface Group {
  readonly digest: Digest;
  readonly releases: readonly ListedRelease[];
  /** What `{tag}` stands for. */
  readonly names: readonly string[];
}

/**
 * Groups releases by entry and digest. If identities name the tag, each version tag is judged by its own name; a moving tag takes the names
 * of all version tags on its digest, or its own if there is none.
 */
export function groupReleases(releases: readonly ListedRelease[]): Group[] {
  const groups = new Map<ListedRelease["watched"], Map<Digest, ListedRelease[]>>();
  for (const release of releases) {
    if (release.resolution.kind !== "resolved") continue;
    const { digest } = release.resolution;
    const ofEntry = groups.get(release.watched) ?? new Map<Digest, ListedRelease[]>();
    groups.set(release.watched, ofEntry);
    const group = ofEntry.get(digest);
    if (group === undefined) ofEntry.set(digest, [release]);
    else group.push(release);
  }
  return [...groups].flatMap(([{ policy }, ofEntry]) =>
    [...ofEntry].flatMap(([digest, group]) =>
      isPolicyTagBound(policy) ? splitByName(digest, group) : [{ digest, releases: group, names: [group[0]!.tag] }],
    ),
  );
}

/** Reports whether a release is a manifest of schema 1, in which no client looks for signatures. */
export function isOfSchema1({ releases }: Group): boolean {
  return releases.some(({ resolution }) => resolution.kind === "resolved" && resolution.mediaType === DOCKER_SCHEMA_1);
}

/** Reports whether two tags of one digest may have different verdicts. */
export function isPolicyTagBound({ signers }: Policy): boolean {
  return signers.some((signer) => signer.kind === "keyless" && isTagBound(signer));
}

/** The highest versions are taken. Without a limit, whoever can push tags could make a pattern as expensive as they like. */
const NAMES_LIMIT = 64;

function splitByName(digest: Digest, releases: readonly ListedRelease[]): Group[] {
  const versions = releases.filter(({ kind }) => kind === "version");
  if (versions.length === 1) return [{ digest, releases, names: [versions[0]!.tag] }];
  const moving = releases.filter(({ kind }) => kind !== "version");
  const single = [...versions, ...(versions.length === 0 ? moving : [])].map((release) => ({
    digest,
    releases: [release],
    names: [release.tag],
  }));
  const rest =
    versions.length === 0 || moving.length === 0
      ? []
      : [{ digest, releases: moving, names: versions.slice(0, NAMES_LIMIT).map(({ tag }) => tag) }];
  return [...single, ...rest];
}
