import type { Descriptor, ImageManifest } from "../oci/manifest.ts";
import { failed, type Failure } from "../registry/answer.ts";
import type { FetchedManifest, RepositoryClient } from "../registry/repository-client.ts";
import { formOfAnnotations } from "./annotated-layer.ts";
import type { JudgedLayer } from "./desk.ts";
import { isReadForm, limitOfForm, recogniseForm } from "./forms.ts";
import { ENVELOPE_LIMIT_BYTES, KEPT_MANIFEST_BYTES, LAYERS_LIMIT, SMALL_LAYER_BYTES } from "./limits.ts";
import { readLayer } from "./read-layer.ts";
import { spreadKinds } from "./reading-order.ts";
import type { FoundCandidate } from "./reply.ts";
import type { Known, LaterLayer, ReadSignatures } from "./signature-manifest.ts";

/**
 * Reads the layers of a lent manifest as signatures: one candidate each, judged while its bytes are at hand. Large layers are left for
 * later.
 *
 * If a blob cannot be read, that is a failure, because it could be the valid signature. If it is larger than its form may be, it is a
 * candidate that cannot be used: it is listed, and it is no valid signature. So is one whose blob is definitely gone, but a signature that
 * was verified before fails until that was said on an earlier night, too.
 */
export async function readLayers(
  client: RepositoryClient,
  fetched: FetchedManifest & { readonly manifest: ImageManifest },
  known: Known,
  foreignSubject: boolean,
): Promise<ReadSignatures> {
  const { manifest, digest: artifact } = fetched;
  const { target, recorded, gone, desk } = known;
  const [chosen, beyond] = chooseLayers(manifest.layers);
  let unread = beyond.filter((layer) => isReadForm(recogniseForm(manifest, layer)) || formOfAnnotations(layer) !== null).length;
  const described = chosen.map((layer) => describeLayer(manifest, layer));
  const small = described.filter((one) => mostOf(one) <= SMALL_LAYER_BYTES);
  const answers = await Promise.all(small.map((one) => readLayer(client, one, desk, { isSmall: true })));

  const judged = answers.flatMap((answer) => (answer.kind === "read" ? [answer] : []));
  const large = [
    ...described.filter((one) => mostOf(one) > SMALL_LAYER_BYTES),
    // What is described smaller than it is comes last.
    ...small
      .filter((_, at) => answers[at]!.kind === "longer")
      .map((one) => ({ ...one, layer: { ...one.layer, size: ENVELOPE_LIMIT_BYTES } })),
  ];
  const isSigners = judged.some(({ layer }) => layer.isSigners);
  const held = manifestOf(fetched, { isSigners, isRead: large.length > 0 || judged.some(({ layer }) => isReadForm(layer.form)) }, known);
  const base = { target, artifact, foreignSubject };
  const candidates = judged.map(({ layer, digest }) => toCandidate({ ...base, ...held }, layer, digest));
  const later: LaterLayer[] = [];
  for (const one of large) {
    // A bundle holds everything itself.
    const waiting = one.form === "sigstore-bundle" ? { ...one, layer: { ...one.layer, annotations: {} } } : one;
    if (desk.wait(waiting.layer)) later.push({ ...waiting, candidate: { ...base, ...held } });
    else unread++;
  }
  let failure: Failure | null = answers.find((answer) => answer.kind === "failed")?.failure ?? null;
  const isGone = judged.some((answer) => answer.isGone);
  if (!isGone || !recorded.has(artifact)) return { candidates, failure, gone: [], unread, later };
  failure ??= gone.has(artifact) ? null : lostBlob(artifact);
  return { candidates, failure, gone: [artifact], unread, later };
}

/** Why a manifest of which a blob is gone cannot be read yet. */
export function lostBlob(artifact: string): Failure {
  const missing = `signature manifest ${artifact}: a blob that it names is gone, though it was there when the signature was verified`;
  return failed("listed-but-missing", missing, 404).failure;
}

/** Makes a candidate of a judged layer. What is no signature by its bytes may be of an image, whose manifest is not kept. */
export function toCandidate(
  { manifest, ...base }: Pick<FoundCandidate, "target" | "artifact" | "manifest" | "foreignSubject">,
  { isSigners, ...judged }: JudgedLayer,
  layer: Descriptor["digest"],
): FoundCandidate {
  const held = isReadForm(judged.form) && manifest !== undefined ? { manifest } : {};
  return { ...base, ...judged, layer, ...held, ...(!isSigners && { isStrangers: true }) };
}

/** The most that is fetched of a layer. */
export function mostOf({ form, annotated, layer }: Pick<LaterLayer, "form" | "annotated" | "layer">): number {
  return Math.min(layer.size, limitOfForm(annotated ?? form) ?? 0);
}

function describeLayer(manifest: ImageManifest, layer: Descriptor): Pick<LaterLayer, "form" | "annotated" | "layer"> {
  const form = recogniseForm(manifest, layer);
  return { form, annotated: isReadForm(form) ? null : formOfAnnotations(layer), layer };
}

/** Returns the manifest if it is to be kept: what a signer of the policy made, and of the rest as much as there is room for. */
function manifestOf(
  { bytes }: FetchedManifest,
  { isSigners, isRead }: { readonly isSigners: boolean; readonly isRead: boolean },
  { desk }: Known,
): Pick<FoundCandidate, "manifest"> {
  if (!isRead) return {};
  const isKept = isSigners ? bytes.length <= KEPT_MANIFEST_BYTES : bytes.length <= SMALL_LAYER_BYTES && desk.keep(bytes.length);
  return isKept ? { manifest: bytes } : {};
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
