import { digestOf, isDigest, type Digest } from "../oci/digest.ts";
import { OCI_INDEX } from "../oci/media-types.ts";
import { isJsonObject, parseJson, type JsonObject } from "../oci/parse-json.ts";
import { newJsonReply, newReply, type RegistryReply } from "./registry-reply.ts";

/** A manifest or index as it was pushed. Its bytes may be anything. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** The value of `subject.digest` if the bytes are JSON and it is a digest. */
  readonly subject: Digest | null;
  /** The complete answer to a GET, made once. */
  readonly reply: RegistryReply;
}

/** An entry of a referrers list. The artifact type is that of the manifest, or else of its config; annotations are copied. */
interface ReferrerEntry {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: unknown;
}

const NO_REFERRERS = newReferrersReply([]);

/** A StoredRepository keeps a repository in memory, with prepared answers to frequent requests. */
export class StoredRepository {
  readonly manifests = new Map<Digest, StoredManifest>();
  readonly tags = new Map<string, Digest>();
  readonly blobs = new Map<Digest, RegistryReply>();
  readonly #referrers = new Map<Digest, Map<Digest, ReferrerEntry>>();
  readonly #referrersReplies = new Map<Digest, RegistryReply>();
  #sortedTags: readonly string[] | null = null;

  putManifest(bytes: Buffer, mediaType: string, algorithm: "sha256" | "sha512"): StoredManifest {
    const digest = digestOf(bytes, algorithm);
    const document = readDocument(bytes);
    const subject = readSubject(document);
    const reply = newReply(200, { "content-type": mediaType, "docker-content-digest": digest, etag: `"${digest}"` }, bytes);
    const stored = { digest, mediaType, bytes, subject, reply };
    this.manifests.set(digest, stored);
    if (subject) this.#addReferrer(subject, newEntry(stored, document));
    return stored;
  }

  /** Deletes the manifest and every tag that names it, like a registry. */
  deleteManifest(digest: Digest): boolean {
    const stored = this.manifests.get(digest);
    if (!stored) return false;
    this.manifests.delete(digest);
    for (const [tag, named] of this.tags) if (named === digest) this.untag(tag);
    if (stored.subject) {
      this.#referrers.get(stored.subject)?.delete(digest);
      this.#referrersReplies.delete(stored.subject);
    }
    return true;
  }

  putBlob(bytes: Buffer, algorithm: "sha256" | "sha512"): Digest {
    const digest = digestOf(bytes, algorithm);
    if (!this.blobs.has(digest)) {
      const headers = { "content-type": "application/octet-stream", "docker-content-digest": digest };
      this.blobs.set(digest, newReply(200, headers, bytes));
    }
    return digest;
  }

  tag(tag: string, digest: Digest): void {
    this.tags.set(tag, digest);
    this.#sortedTags = null;
  }

  untag(tag: string): boolean {
    this.#sortedTags = null;
    return this.tags.delete(tag);
  }

  /** Returns the tags in ASCII order. */
  sortedTags(): readonly string[] {
    this.#sortedTags ??= [...this.tags.keys()].toSorted();
    return this.#sortedTags;
  }

  /** Returns all referrers of a subject as one index, in the order of their pushes. */
  referrersReply(subject: Digest): RegistryReply {
    const entries = this.#referrers.get(subject);
    if (!entries || entries.size === 0) return NO_REFERRERS;
    let reply = this.#referrersReplies.get(subject);
    if (!reply) {
      reply = newReferrersReply([...entries.values()]);
      this.#referrersReplies.set(subject, reply);
    }
    return reply;
  }

  /** Returns one page of referrers from `start`, and whether more follow. */
  referrersPage(subject: Digest, start: number, size: number): { reply: RegistryReply; more: boolean } {
    const entries = [...(this.#referrers.get(subject)?.values() ?? [])];
    return { reply: newReferrersReply(entries.slice(start, start + size)), more: start + size < entries.length };
  }

  #addReferrer(subject: Digest, entry: ReferrerEntry): void {
    const entries = this.#referrers.get(subject) ?? new Map<Digest, ReferrerEntry>();
    entries.set(entry.digest, entry);
    this.#referrers.set(subject, entries);
    this.#referrersReplies.delete(subject);
  }
}

function newReferrersReply(manifests: readonly ReferrerEntry[]): RegistryReply {
  return newJsonReply(200, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, OCI_INDEX);
}

function readDocument(bytes: Buffer): JsonObject {
  const parsed = parseJson(bytes);
  return parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value : {};
}

function readSubject(document: JsonObject): Digest | null {
  const subject = document["subject"];
  return isJsonObject(subject) && isDigest(subject["digest"]) ? subject["digest"] : null;
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers */
function newEntry(stored: StoredManifest, document: JsonObject): ReferrerEntry {
  const config = document["config"];
  const own = document["artifactType"];
  const artifactType = typeof own === "string" && own !== "" ? own : isJsonObject(config) ? config["mediaType"] : undefined;
  const annotations = document["annotations"];
  return {
    mediaType: stored.mediaType,
    digest: stored.digest,
    size: stored.bytes.length,
    ...(typeof artifactType === "string" ? { artifactType } : {}),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
