import { parseCompanionTag } from "../../oci/companion-tag.ts";
import type { Digest } from "../../oci/digest.ts";
import { satisfyingSigners } from "./decide.ts";
import { askPlaces } from "./diagnose.ts";
import { candidatesOf, verifyAll, type Inquiry, type Orphans } from "./inquiry.ts";

/** Companions of unknown digests are normal in repositories with rolling tags, so only this many are looked at. */
const ORPHANS_LIMIT = 8;

/**
 * Creates the search for orphans. If a digest is signed and gone, something else was signed than what was pushed (a manifest that was
 * serialised again, a local id). `known` digests are no orphans: a tag names them, or is recorded to have named them.
 */
export function createOrphans(known: ReadonlySet<Digest>): Orphans {
  const found = new Map<string, Promise<Digest | null>>();
  return {
    find(inquiry) {
      const key = inquiry.watched.policy.name;
      const search = found.get(key) ?? searchOrphan(inquiry, known);
      found.set(key, search);
      return search;
    },
  };
}

async function searchOrphan(inquiry: Inquiry, known: ReadonlySet<Digest>): Promise<Digest | null> {
  const digests = new Set<Digest>();
  for (const tag of inquiry.main.list.tags) {
    const companion = parseCompanionTag(tag);
    if (companion?.algorithm !== "sha256" || companion.suffix !== ".sig") continue;
    const digest: Digest = `sha256:${companion.hex}`;
    if (!known.has(digest)) digests.add(digest);
    if (digests.size >= ORPHANS_LIMIT) break;
  }
  for (const digest of digests) {
    const present = await inquiry.main.client.hasManifest(digest);
    if (present.kind !== "absent") continue;
    const results = verifyAll(candidatesOf(await askPlaces(digest, inquiry, "here")), digest, inquiry);
    if (satisfyingSigners(results, inquiry.watched.policy) !== null) return digest;
  }
  return null;
}
