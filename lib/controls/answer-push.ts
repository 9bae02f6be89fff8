import { digestOf, isDigest, type Digest } from "../oci/digest.ts";
import type { RegistryOptions } from "./registry-options.ts";
import type { RegistryRequest } from "./registry-request.ts";
import type { RegistryStore } from "./registry-store.ts";
import { newErrorReply, newReply, type RegistryReply } from "./registry-reply.ts";

/** The largest body of a push: nothing that is signed here is larger. */
export const PUSH_LIMIT_BYTES = 64 * 1024 * 1024;

/** The unfinished uploads by id. */
export type Uploads = Map<string, Buffer[]>;

/** Answers `PUT /v2/<name>/manifests/<reference>`: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
export function answerManifestPush(
  store: RegistryStore,
  request: RegistryRequest,
  body: Buffer,
  contentType: string,
  options: RegistryOptions,
): RegistryReply {
  const repository = request.repository!;
  const reference = request.reference ?? "";
  const byDigest = isDigest(reference) ? reference : null;
  const algorithm = byDigest ? algorithmOf(byDigest) : "sha256";
  if (byDigest && digestOf(body, algorithm) !== byDigest) {
    return newErrorReply(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  const stored = store.putManifest(repository, body, contentType, byDigest ? null : reference, algorithm);
  const subject: Record<string, string> = options.referrersApi && stored.subject ? { "oci-subject": stored.subject } : {};
  return newReply(201, {
    location: `/v2/${repository}/manifests/${stored.digest}`,
    "docker-content-digest": stored.digest,
    ...subject,
  });
}

/**
 * Answers the requests of a blob upload: POST (the start, or everything with `digest`), PATCH (a chunk) and PUT (the end). A mount from
 * another repository starts an upload, as the specification allows.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
 */
export function answerUpload(store: RegistryStore, uploads: Uploads, request: RegistryRequest, body: Buffer): RegistryReply {
  const repository = request.repository!;
  const digest = new URLSearchParams(request.query).get("digest");
  if (request.method === "POST") {
    if (digest !== null) return finish(store, repository, body, digest);
    const id = `upload-${uploads.size + 1}`;
    uploads.set(id, []);
    return newUploadReply(repository, id, 0);
  }
  const id = request.reference ?? "";
  const chunks = uploads.get(id);
  if (!chunks) return newErrorReply(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
  chunks.push(body);
  if (request.method === "PATCH") return newUploadReply(repository, id, Buffer.concat(chunks).length);
  if (request.method !== "PUT") return newErrorReply(405, "UNSUPPORTED", "the operation is unsupported");
  // The entry stays without content, because ids are the number of uploads.
  uploads.set(id, []);
  return finish(store, repository, Buffer.concat(chunks), digest);
}

function newUploadReply(repository: string, id: string, length: number): RegistryReply {
  return newReply(202, {
    location: `/v2/${repository}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, length - 1)}`,
    "docker-upload-uuid": id,
  });
}

function finish(store: RegistryStore, repository: string, bytes: Buffer, digest: string | null): RegistryReply {
  if (!isDigest(digest) || digestOf(bytes, algorithmOf(digest)) !== digest) {
    return newErrorReply(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  store.putBlob(repository, bytes, algorithmOf(digest));
  return newReply(201, { location: `/v2/${repository}/blobs/${digest}`, "docker-content-digest": digest });
}

function algorithmOf(digest: Digest): "sha256" | "sha512" {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}
