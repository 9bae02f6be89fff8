import type { Descriptor } from "../../lib/oci/manifest.ts";
import type { Answer } from "../../lib/registry/answer.ts";
import { BLOB_LIMIT_BYTES } from "../../lib/registry/limits.ts";
import type { RepositoryClient } from "../../lib/registry/repository-client.ts";

/** Borrows a blob, and keeps its bytes. */
export function takeBlob(client: RepositoryClient, blob: Descriptor, limitBytes = BLOB_LIMIT_BYTES): Promise<Answer<Uint8Array>> {
  return client.lendBlob(blob, { limitBytes, use: (bytes) => bytes });
}
