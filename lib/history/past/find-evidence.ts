import type { Digest } from "../../oci/digest.ts";
import { SealwatchError } from "../../oci/sealwatch-error.ts";
import type { EvidenceStore } from "../store.ts";

/** Evidence as it was kept, or why it is not there: it never was or is gone, or other bytes lie in its place. */
type FoundEvidence = { readonly kind: "kept"; readonly bytes: Uint8Array } | { readonly kind: "missing" } | { readonly kind: "damaged" };

/**
 * Looks for recorded evidence, for whoever can go on without it and say so. What could not be read is neither missing nor damaged, and is
 * thrown as the store throws it.
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

/** The text that the digest names; null where it is not there as it was kept. */
export async function findText(store: Pick<EvidenceStore, "loadEvidence">, digest: Digest): Promise<string | null> {
  const found = await findEvidence(store, digest);
  return found.kind === "kept" ? new TextDecoder().decode(found.bytes) : null;
}
