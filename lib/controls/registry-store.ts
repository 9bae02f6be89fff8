import type { Digest } from "../oci/digest.ts";
import type { RegistryReply } from "./registry-reply.ts";
import { StoredRepository, type StoredManifest } from "./stored-repository.ts";

/** The content of a control registry in memory. Malformed manifests and absent layers are accepted: the reader must detect them. */
export class RegistryStore {
  readonly #repositories = new Map<string, StoredRepository>();

  /** Returns the repository, or undefined before its first content. */
  repository(name: string): StoredRepository | undefined {
    return this.#repositories.get(name);
  }

  /** Returns the names of all repositories, in the order of a catalog. */
  names(): string[] {
    return [...this.#repositories.keys()].toSorted();
  }

  /** Creates an empty repository. */
  createRepository(name: string): void {
    this.#obtain(name);
  }

  /** Stores the bytes under their digest and tags them if a tag is given. */
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

  /** Points a tag to a digest, even without a manifest: a dangling tag is a case to test. */
  tag(repository: string, tag: string, digest: Digest): void {
    this.#obtain(repository).tag(tag, digest);
  }

  untag(repository: string, tag: string): boolean {
    return this.#repositories.get(repository)?.untag(tag) ?? false;
  }

  /** Deletes a manifest and the tags that name it. */
  deleteManifest(repository: string, digest: Digest): boolean {
    return this.#repositories.get(repository)?.deleteManifest(digest) ?? false;
  }

  deleteRepository(repository: string): boolean {
    return this.#repositories.delete(repository);
  }

  /** Returns the digest that a tag names now, or null. */
  digestOfTag(repository: string, tag: string): Digest | null {
    return this.#repositories.get(repository)?.tags.get(tag) ?? null;
  }

  manifest(repository: string, digest: Digest): StoredManifest | null {
    return this.#repositories.get(repository)?.manifests.get(digest) ?? null;
  }

  /** Returns the blob from any repository that has it, like a storage service behind registries. */
  findBlob(digest: Digest): RegistryReply | null {
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
