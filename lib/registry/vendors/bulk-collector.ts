import { isDigest, type Digest } from "../../oci/digest.ts";
import { isTag } from "../../oci/reference.ts";
import { TAGS_LIMIT } from "../limits.ts";
import type { ListedManifest } from "../retention/retention-rules.ts";
import type { BulkTags } from "./vendor-api.ts";

/**
 * Collects what the pages of an API tell of a repository. The `add` functions return false if an entry is not what it should be, or if there
 * are too many: then nothing of the list may be used.
 */
export class BulkCollector {
  readonly #tags = new Set<string>();
  readonly #digests = new Map<string, Digest>();
  /** Tags that were named with two digests, because one moved meanwhile. */
  readonly #moved = new Set<string>();
  readonly #referrers = new Map<Digest, Set<Digest>>();
  readonly #stored = new Set<Digest>();
  readonly #archived = new Set<Digest>();
  /** Null once a manifest came without what retention rules look at. */
  #manifests: ListedManifest[] | null = [];
  #referring = 0;

  /** The number of different tags so far. */
  get size(): number {
    return this.#tags.size;
  }

  /** Adds a tag. Without a digest, or with two, it is there, but what it names has to be asked for. */
  addTag(tag: unknown, digest: unknown): boolean {
    if (!isTag(tag) || !(digest === null || digest === undefined || digest === "" || isDigest(digest))) return false;
    this.#tags.add(tag);
    if (this.#tags.size > TAGS_LIMIT) return false;
    if (!isDigest(digest) || this.#moved.has(tag)) return true;
    const known = this.#digests.get(tag);
    if (known === undefined || known === digest) this.#digests.set(tag, digest);
    else {
      this.#digests.delete(tag);
      this.#moved.add(tag);
    }
    return true;
  }

  /** Adds a stored manifest with its tags. */
  addManifest(digest: unknown, tags: unknown): boolean {
    if (!isDigest(digest) || !Array.isArray(tags) || this.#stored.add(digest).size > TAGS_LIMIT) return false;
    return tags.every((tag: unknown) => this.addTag(tag, digest));
  }

  /** Adds a stored manifest that names a subject. */
  addReferrer(subject: unknown, digest: unknown): boolean {
    if (!isDigest(subject) || !isDigest(digest) || ++this.#referring > TAGS_LIMIT) return false;
    const known = this.#referrers.get(subject) ?? new Set<Digest>();
    this.#referrers.set(subject, known.add(digest));
    this.#stored.add(digest);
    return true;
  }

  /** Adds a manifest that is kept, but not served. */
  addArchived(digest: unknown): boolean {
    return isDigest(digest) && this.#archived.add(digest).size <= TAGS_LIMIT;
  }

  /**
   * Adds what retention rules look at of a manifest that was added. If a time of it is not known, nothing can be said of any, because rules
   * count.
   */
  addDates(
    manifest: Omit<ListedManifest, "digest" | "pushedAt"> & { readonly digest: unknown; readonly pushedAt: number | null },
  ): boolean {
    const { digest, pushedAt } = manifest;
    if (!isDigest(digest)) return false;
    if (pushedAt === null) this.#manifests = null;
    else this.#manifests?.push({ ...manifest, digest, pushedAt });
    return true;
  }

  /** Returns everything, after so many pages. The API lists `all` tags, or only `some`: then a tag that was not told may be there. */
  end(pages: number, listed: "all" | "some"): BulkTags {
    return {
      kind: "listed",
      tags: listed === "all" ? this.#tags : null,
      digests: this.#digests,
      referrers: this.#referrers,
      ...(this.#stored.size > 0 && { stored: this.#stored }),
      ...(this.#archived.size > 0 && { archived: this.#archived }),
      ...(this.#manifests !== null && this.#manifests.length > 0 && { manifests: this.#manifests }),
      pages,
    };
  }
}
