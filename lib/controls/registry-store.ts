import type { Digest } from "../oci/digest.ts";
import type { Reply } from "./reply.ts";
import { StoredRepository, type StoredManifest } from "./stored-repository.ts";

/**
 * The content of a control registry, in memory. It stores what it is given: whether a manifest is well formed,
 * or its layers are there, is for the reader to find out.
 */
export class RegistryStore {
  readonly #repositories = new Map<string, StoredRepository>();

  /** The repository, or undefined: a repository exists from the first thing that is put into it. */
  repository(name: string): StoredRepository | undefined {
    return this.#repositories.get(name);
  }

  repositoryNames(): string[] {
    return [...this.#repositories.keys()].toSorted();
  }

  /** Makes the repository exist, without content. */
  createRepository(name: string): void {
    this.#obtain(name);
  }

  /** Stores the bytes under their digest and, if given, points the tag to it. */
  putManifest(
    repository: string,
    bytes: Uint8Array | string,
    mediaType: string,
    tag: string | null = null,
    algorithm: "sha256" | "sha512" = "sha256",
  ): StoredManifest {
    const stored = this.#obtain(repository).putManifest(Buffer.from(bytes), mediaType, algorithm);
    if (tag !== null) this.tag(repository, tag, stored.digest);
    return stored;
  }

  putBlob(repository: string, bytes: Uint8Array | string, algorithm: "sha256" | "sha512" = "sha256"): Digest {
    return this.#obtain(repository).putBlob(Buffer.from(bytes), algorithm);
  }

  /** Points a tag to a digest, whether a manifest with it is there or not (a dangling tag is a case to test). */
  tag(repository: string, tag: string, digest: Digest): void {
    this.#obtain(repository).tag(tag, digest);
  }

  untag(repository: string, tag: string): boolean {
    return this.#repositories.get(repository)?.untag(tag) ?? false;
  }

  /** Deletes a manifest with the tags that name it. */
  deleteManifest(repository: string, digest: Digest): boolean {
    return this.#repositories.get(repository)?.deleteManifest(digest) ?? false;
  }

  deleteBlob(repository: string, digest: Digest): boolean {
    return this.#repositories.get(repository)?.blobs.delete(digest) ?? false;
  }

  deleteRepository(repository: string): boolean {
    return this.#repositories.delete(repository);
  }

  /** What a tag names now, or null. */
  digestOfTag(repository: string, tag: string): Digest | null {
    return this.#repositories.get(repository)?.tags.get(tag) ?? null;
  }

  manifest(repository: string, digest: Digest): StoredManifest | null {
    return this.#repositories.get(repository)?.manifests.get(digest) ?? null;
  }

  /** The blob from whichever repository has it, as a storage service behind registries answers. */
  findBlob(digest: Digest): Reply | null {
    for (const repository of this.#repositories.values()) {
      const blob = repository.blobs.get(digest);
      if (blob) return blob;
    }
    return null;
  }

  #obtain(name: string): StoredRepository {
    const existing = this.#repositories.get(name);
    if (existing) return existing;
    const created = new StoredRepository();
    this.#repositories.set(name, created);
    return created;
  }
}
