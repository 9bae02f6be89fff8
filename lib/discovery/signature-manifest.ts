import type { Digest } from "../oci/digest.ts";
import type { Descriptor, ImageManifest } from "../oci/manifest.ts";
import { failed, type Failure } from "../registry/answer.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import { goneOf, type Reply, type FoundCandidate } from "./reply.ts";
import { contentOfAnnotated, formOfAnnotations } from "./annotated-layer.ts";
import { isReadForm, limitOfForm, recogniseForm } from "./forms.ts";
import { LAYERS_LIMIT } from "./limits.ts";
import type { PlaceQuestion } from "./place.ts";
import { spreadKinds } from "./reading-order.ts";

/** The candidates that were read, and the first failure on the way. What was read may satisfy all the same. */
export interface ReadSignatures {
  readonly candidates: readonly FoundCandidate[];
  readonly failure: Failure | null;
  /** As in a reply. */
  readonly gone: readonly Digest[];
  /** Layers that look like signatures and were not read, because there are too many. */
  readonly unread: number;
}

export const NOTHING_READ: ReadSignatures = { candidates: [], failure: null, gone: [], unread: 0 };

/** What is asked about one digest, and what is known of its signatures from earlier nights. */
export type Known = Pick<PlaceQuestion, "target" | "attested" | "recorded" | "gone">;

/** Adds up what was read of several manifests. */
export function mergeRead(reads: readonly ReadSignatures[]): ReadSignatures {
  return {
    candidates: reads.flatMap(({ candidates }) => candidates),
    failure: reads.find(({ failure }) => failure !== null)?.failure ?? null,
    gone: reads.flatMap(({ gone }) => gone),
    unread: reads.reduce((sum, { unread }) => sum + unread, 0),
  };
}

/** Turns what was read into a reply. A failure keeps the candidates that could be read. */
export function replyOf(read: ReadSignatures, detail: string): Reply {
  const { candidates, failure, unread } = read;
  const gone = goneOf(read.gone);
  if (failure !== null) return { kind: "failed", failure, candidates, detail: failure.detail, ...gone };
  if (unread === 0 && candidates.every((candidate) => candidate.form === "other"))
    return { kind: "nothing", detail: `${detail}, no signature`, ...gone };
  return { kind: "found", candidates, unread, detail, ...gone };
}

/**
 * Reads the layers of a fetched manifest as signatures: one candidate each, with its bytes.
 *
 * If a blob cannot be read, that is a failure, because it could be the valid signature. If it is larger than its form may be, it is a
 * candidate that cannot be used: it is listed, and it is no valid signature. So is one whose blob is definitely gone, but a signature that
 * was verified before fails until that was said on an earlier night, too.
 */
export async function readLayers(
  client: RepositoryClient,
  fetched: FetchedManifest & { readonly manifest: ImageManifest },
  { target, recorded, gone }: Known,
  foreignSubject: boolean,
): Promise<ReadSignatures> {
  const { manifest, digest: artifact } = fetched;
  const base = { target, artifact, foreignSubject };
  const candidates: FoundCandidate[] = [];
  let failure: Failure | null = null;
  let isGone = false;
  const [chosen, beyond] = chooseLayers(manifest.layers);
  const unread = beyond.filter((layer) => isReadForm(recogniseForm(manifest, layer)) || formOfAnnotations(layer) !== null).length;
  for (const answer of await Promise.all(chosen.map((layer) => readLayer(client, manifest, layer)))) {
    if (answer.kind === "failed") failure ??= answer.failure;
    else {
      isGone ||= answer.isGone;
      candidates.push({ ...base, ...answer.layer, ...manifestOf(fetched, answer.layer) });
    }
  }
  if (!isGone || !recorded.has(artifact)) return { candidates, failure, gone: [], unread };
  const missing = `signature manifest ${artifact}: a blob that it names is gone, though it was there when the signature was verified`;
  failure ??= gone.has(artifact) ? null : failed("listed-but-missing", missing, 404).failure;
  return { candidates, failure, gone: [artifact], unread };
}

/**
 * Chooses the layers to read, and returns those that are not read, too. cosign appends, so of each predicate type the newest come first;
 * of signatures the oldest do, which were there before anybody could bury them.
 */
function chooseLayers(layers: readonly Descriptor[]): [chosen: readonly Descriptor[], beyond: readonly Descriptor[]] {
  if (layers.length <= LAYERS_LIMIT) return [layers, []];
  const isAttestation = ({ annotations }: Descriptor): boolean => annotations["predicateType"] !== undefined;
  const inOrder = [...layers.filter((layer) => !isAttestation(layer)), ...layers.filter(isAttestation).toReversed()];
  const ordered = spreadKinds(inOrder, ({ annotations }) => annotations["predicateType"] ?? "");
  return [ordered.slice(0, LAYERS_LIMIT), ordered.slice(LAYERS_LIMIT)];
}

/** A manifest whose layers decide nothing may be that of an image, and is not kept. */
function manifestOf({ bytes }: FetchedManifest, { form }: ReadLayer): Pick<FoundCandidate, "manifest"> {
  return isReadForm(form) ? { manifest: bytes } : {};
}

type ReadLayer = Pick<FoundCandidate, "form" | "layer" | "annotations" | "content">;
/** The bytes of what decides nothing by them are not kept. */
const NO_CONTENT: ReadLayer["content"] = { kind: "bytes", bytes: new Uint8Array() };

type LayerAnswer =
  | { readonly kind: "read"; readonly layer: ReadLayer; readonly isGone: boolean }
  | { readonly kind: "failed"; readonly failure: Failure };

async function readLayer(client: RepositoryClient, manifest: ImageManifest, layer: Descriptor): Promise<LayerAnswer> {
  const typed = describe(manifest, layer);
  const annotated = isReadForm(typed.form) ? null : formOfAnnotations(layer);
  const form = annotated ?? typed.form;
  const read = (content: ReadLayer["content"], isGone = false): LayerAnswer => {
    return { kind: "read", layer: { ...typed, form, content }, isGone };
  };
  const limit = limitOfForm(form);
  if (limit === null) return read(NO_CONTENT);
  const blob = await client.fetchBlob(layer, limit);
  if (blob.kind === "failed" && blob.failure.delivered !== true) return blob;
  if (blob.kind === "failed") return read({ kind: "unusable", detail: `${layer.size} bytes; at most ${limit} are read` });
  if (blob.kind === "absent") return read({ kind: "unusable", detail: `its blob is gone (${blob.detail})` }, true);
  if (annotated === null) return read({ kind: "bytes", bytes: blob.value });
  const content = contentOfAnnotated(annotated, layer, blob.value);
  return content === null ? { kind: "read", layer: { ...typed, content: NO_CONTENT }, isGone: false } : read(content);
}

function describe(manifest: ImageManifest, layer: Descriptor): Omit<ReadLayer, "content"> {
  return { form: recogniseForm(manifest, layer), layer: layer.digest, annotations: layer.annotations };
}
