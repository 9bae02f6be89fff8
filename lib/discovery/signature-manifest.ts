import type { Digest } from "../oci/digest.ts";
import type { Descriptor, ImageManifest } from "../oci/manifest.ts";
import type { Failure } from "../registry/answer.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import type { Reply, FoundCandidate } from "./reply.ts";
import { isReadForm, limitOfForm, recogniseForm } from "./forms.ts";
import { LAYERS_LIMIT } from "./limits.ts";

/** The candidates that were read, and the first failure on the way. What was read may satisfy all the same. */
export interface ReadSignatures {
  readonly candidates: readonly FoundCandidate[];
  readonly failure: Failure | null;
}

/** Turns what was read into a reply. A failure keeps the candidates that could be read. */
export function replyOf(read: ReadSignatures & { readonly unread?: number }, detail: string): Reply {
  if (read.failure !== null) return { kind: "failed", failure: read.failure, candidates: read.candidates, detail: read.failure.detail };
  const unread = read.unread ?? 0;
  if (unread === 0 && read.candidates.every((candidate) => candidate.form === "other"))
    return { kind: "nothing", detail: `${detail}, no signature` };
  return { kind: "found", candidates: read.candidates, unread, detail };
}

/**
 * Reads a fetched manifest as signatures: one candidate a layer, each with its bytes.
 *
 * If a blob cannot be read, that is a failure, because it could be the valid signature. If it is definitely gone, or larger than its form
 * may be, it is a candidate that cannot be used: it is listed, and it is no valid signature.
 */
export async function readSignatureManifest(
  client: RepositoryClient,
  fetched: FetchedManifest,
  target: Digest,
  options: { subjectRequired: boolean },
): Promise<ReadSignatures> {
  if (fetched.manifest.kind === "index") return { candidates: [], failure: null };
  const manifest = fetched.manifest;
  const foreignSubject = manifest.subject === null ? options.subjectRequired : manifest.subject.digest !== target;
  const base = { target, artifact: fetched.digest, foreignSubject };
  const candidates: FoundCandidate[] = [];
  let failure: Failure | null = null;
  for (const answer of await Promise.all(manifest.layers.slice(0, LAYERS_LIMIT).map((layer) => readLayer(client, manifest, layer)))) {
    if (answer.kind === "read") candidates.push({ ...base, ...answer.layer, ...manifestOf(fetched, answer.layer) });
    else failure ??= answer.failure;
  }
  if (manifest.layers.length > LAYERS_LIMIT) {
    const extra = manifest.layers[LAYERS_LIMIT]!;
    const detail = `${manifest.layers.length} layers; at most ${LAYERS_LIMIT} are read`;
    candidates.push({ ...base, ...describe(manifest, extra), content: { kind: "unusable", detail } });
  }
  return { candidates, failure };
}

/** A manifest whose layers decide nothing may be that of an image, and is not kept. */
function manifestOf({ bytes }: FetchedManifest, { form }: ReadLayer): Pick<FoundCandidate, "manifest"> {
  return isReadForm(form) ? { manifest: bytes } : {};
}

type ReadLayer = Pick<FoundCandidate, "form" | "layer" | "annotations" | "content">;
type LayerAnswer = { readonly kind: "read"; readonly layer: ReadLayer } | { readonly kind: "failed"; readonly failure: Failure };

async function readLayer(client: RepositoryClient, manifest: ImageManifest, layer: Descriptor): Promise<LayerAnswer> {
  const description = describe(manifest, layer);
  const unusable = (detail: string): LayerAnswer => ({ kind: "read", layer: { ...description, content: { kind: "unusable", detail } } });
  const limit = limitOfForm(description.form);
  if (limit === null) return { kind: "read", layer: { ...description, content: { kind: "bytes", bytes: new Uint8Array() } } };
  const blob = await client.fetchBlob(layer, limit);
  if (blob.kind === "failed") return blob.failure.delivered === true ? unusable(`${layer.size} bytes; at most ${limit} are read`) : blob;
  if (blob.kind === "absent") return unusable(`its blob is gone (${blob.detail})`);
  return { kind: "read", layer: { ...description, content: { kind: "bytes", bytes: blob.value } } };
}

function describe(manifest: ImageManifest, layer: Descriptor): Omit<ReadLayer, "content"> {
  return { form: recogniseForm(manifest, layer), layer: layer.digest, annotations: layer.annotations };
}
