import type { Digest } from "../oci/digest.ts";
import type { Descriptor, ImageManifest } from "../oci/manifest.ts";
import type { Failure } from "../registry/answer.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import type { Candidate, CandidateForm, PlaceName } from "./candidate.ts";
import { ENVELOPE_LIMIT_BYTES, LAYERS_LIMIT, SIMPLE_SIGNING_LIMIT_BYTES } from "./limits.ts";
import { recogniseForm } from "./recognise-form.ts";

const UNREAD_FORMS: ReadonlySet<CandidateForm> = new Set(["sbom", "unsigned-statement", "other"]);

/** Whether layers of this form are fetched: the bytes of others decide nothing, for they are unsigned, or no evidence at all. */
export function isReadForm(form: CandidateForm): boolean {
  return !UNREAD_FORMS.has(form);
}

/** What was read, and the first failure on the way: what could be read may satisfy all the same. */
export interface ReadSignatures {
  readonly candidates: readonly Candidate[];
  readonly failure: Failure | null;
}

/**
 * Reads a fetched manifest as signatures: one candidate a layer, each with its bytes.
 *
 * A blob that cannot be read is a failure, because it could be the valid signature. A blob that is definitely gone,
 * or larger than its form may be, is a candidate that cannot be used: it is there, and it is no valid signature.
 */
export async function readSignatureManifest(
  client: RepositoryClient,
  fetched: FetchedManifest,
  place: PlaceName,
  target: Digest,
  options: { subjectRequired: boolean },
): Promise<ReadSignatures> {
  if (fetched.manifest.kind === "index") return { candidates: [], failure: null };
  const manifest = fetched.manifest;
  const foreignSubject = manifest.subject === null ? options.subjectRequired : manifest.subject.digest !== target;
  const base = { place, target, artifact: fetched.digest, foreignSubject };
  const candidates: Candidate[] = [];
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

/** Of what decides nothing the manifest may be that of an image, and is let go. */
function manifestOf({ bytes }: FetchedManifest, { form }: ReadLayer): Pick<Candidate, "manifest"> {
  return isReadForm(form) ? { manifest: bytes } : {};
}

type ReadLayer = Pick<Candidate, "form" | "layer" | "annotations" | "content">;
type LayerAnswer = { readonly kind: "read"; readonly layer: ReadLayer } | { readonly kind: "failed"; readonly failure: Failure };

async function readLayer(client: RepositoryClient, manifest: ImageManifest, layer: Descriptor): Promise<LayerAnswer> {
  const description = describe(manifest, layer);
  const unusable = (detail: string): LayerAnswer => ({ kind: "read", layer: { ...description, content: { kind: "unusable", detail } } });
  if (!isReadForm(description.form))
    return { kind: "read", layer: { ...description, content: { kind: "bytes", bytes: new Uint8Array() } } };
  const limit = description.form === "simple-signing" ? SIMPLE_SIGNING_LIMIT_BYTES : ENVELOPE_LIMIT_BYTES;
  if (layer.size > limit) return unusable(`${layer.size} bytes; at most ${limit} are read`);
  const blob = await client.fetchBlob(layer);
  if (blob.kind === "failed") return blob;
  if (blob.kind === "absent") return unusable(`its blob is gone (${blob.detail})`);
  return { kind: "read", layer: { ...description, content: { kind: "bytes", bytes: blob.value } } };
}

function describe(manifest: ImageManifest, layer: Descriptor): Omit<ReadLayer, "content"> {
  return { form: recogniseForm(manifest, layer), layer: layer.digest, annotations: layer.annotations };
}
