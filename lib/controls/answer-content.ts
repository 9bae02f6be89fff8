import { isDigest } from "../oci/digest.ts";
import type { RegistryOptions } from "./registry-options.ts";
import type { RegistryRequest } from "./registry-request.ts";
import type { RegistryStore } from "./registry-store.ts";
import { newErrorReply, newReply, type RegistryReply } from "./registry-reply.ts";
import type { StoredRepository } from "./stored-repository.ts";

const MANIFEST_UNKNOWN = newErrorReply(404, "MANIFEST_UNKNOWN", "manifest unknown");
const BLOB_UNKNOWN = newErrorReply(404, "BLOB_UNKNOWN", "blob unknown to registry");

/** Answers GET, HEAD and DELETE of a manifest by tag or digest. Deleting a tag keeps its manifest. */
export function answerManifest(repository: StoredRepository, request: RegistryRequest): RegistryReply {
  const reference = request.reference ?? "";
  if (request.method === "DELETE") {
    const deleted = isDigest(reference) ? repository.deleteManifest(reference) : repository.untag(reference);
    return deleted ? newReply(202, {}) : MANIFEST_UNKNOWN;
  }
  const digest = isDigest(reference) ? reference : repository.tags.get(reference);
  return (digest && repository.manifests.get(digest)?.reply) ?? MANIFEST_UNKNOWN;
}

/** Answers GET, HEAD and DELETE of a blob. Redirects a GET if the options say so. */
export function answerBlob(repository: StoredRepository, request: RegistryRequest, options: RegistryOptions): RegistryReply {
  const digest = request.reference;
  if (!isDigest(digest)) return newErrorReply(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  if (request.method === "DELETE") return repository.blobs.delete(digest) ? newReply(202, {}) : BLOB_UNKNOWN;
  const blob = repository.blobs.get(digest);
  if (!blob) return BLOB_UNKNOWN;
  if (options.redirectBlobs === null || request.method === "HEAD") return blob;
  return newReply(307, { location: `${options.redirectBlobs}${digest}`, "content-type": "application/octet-stream" });
}

/** Answers `GET /storage/<digest>` like a storage service behind a registry: it refuses the registry's credentials, as S3 does. */
export function answerStorage(store: RegistryStore, request: RegistryRequest): RegistryReply {
  if (request.authorization) return newReply(400, { "content-type": "application/xml" }, "<Error><Code>InvalidRequest</Code></Error>");
  const blob = isDigest(request.reference) ? store.findBlob(request.reference) : null;
  return blob ?? newReply(404, { "content-type": "application/xml" }, "<Error><Code>NoSuchKey</Code></Error>");
}
