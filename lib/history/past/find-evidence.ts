import type { Digest } from "../../oci/digest.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { EvidenceStore } from "../store.ts";

/** Evidence as it was kept, or why it is not there: it was never kept or is gone, or other bytes are in its place. */
type FoundEvidence = { readonly kind: "kept"; readonly bytes: Uint8Array } | { readonly kind: "missing" } | { readonly kind: "damaged" };

/**
 * Looks for recorded evidence, for a caller that can go on without it and say so. Evidence that could not be read is neither missing nor
 * damaged: the error of the store is thrown.
 */
export async function findEvidence(store: Pick<EvidenceStore, "loadEvidence">, digest: Digest): Promise<FoundEvidence> {
  try {
    const bytes = await store.loadEvidence(digest);
    return bytes === null ? { kind: "missing" } : { kind: "kept", bytes };
  } catch (error) {
    if (error instanceof SealwatchError && error.code === "history-damaged") return { kind: "damaged" };
    throw error;
  }
}

/** Returns the text that the digest names, or null if it is missing or damaged. */
export async function findText(store: Pick<EvidenceStore, "loadEvidence">, digest: Digest): Promise<string | null> {
  const found = await findEvidence(store, digest);
  return found.kind === "kept" ? new TextDecoder().decode(found.bytes) : null;
}
