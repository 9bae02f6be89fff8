import type { Digest } from "../oci/digest.ts";
import type { Failure } from "../registry/answer.ts";
import type { RepositoryClient } from "../registry/repository-client.ts";
import { contentOfAnnotated } from "./annotated-layer.ts";
import type { Desk, JudgedLayer } from "./desk.ts";
import { limitOfForm } from "./forms.ts";
import type { LaterLayer } from "./signature-manifest.ts";

type LayerAnswer =
  | { readonly kind: "read"; readonly layer: JudgedLayer; readonly digest: Digest; readonly isGone: boolean }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** Only small layers were to be read, and it is none. */
  | { readonly kind: "longer" };

/** The bytes of what decides nothing by them are not kept. */
const NO_CONTENT = { kind: "bytes", bytes: new Uint8Array() } as const;

/** Reads one layer, and has it judged while its bytes are at hand. */
export async function readLayer(
  client: RepositoryClient,
  { form: typed, annotated, layer }: Pick<LaterLayer, "form" | "annotated" | "layer">,
  desk: Desk,
  { isSmall }: { readonly isSmall: boolean },
): Promise<LayerAnswer> {
  const form = annotated ?? typed;
  const { digest, annotations } = layer;
  const read = (judged: JudgedLayer, isGone = false): LayerAnswer => ({ kind: "read", layer: judged, digest, isGone });
  const undecided: JudgedLayer = { form: typed, annotations, content: NO_CONTENT, isSigners: false };
  const limitBytes = limitOfForm(form);
  if (limitBytes === null) return read(undecided);
  const recalled = desk.recall(form, layer);
  if (recalled !== null) return read(recalled);
  const use = (bytes: Uint8Array): JudgedLayer | Promise<JudgedLayer> => {
    const content = annotated === null ? null : contentOfAnnotated(annotated, layer, bytes);
    if (annotated !== null && content === null) return undecided;
    const judged = desk.recall(form, layer);
    if (judged !== null) return judged;
    return content?.kind === "unusable" ? desk.refuse(form, layer, content.detail) : desk.judge(form, layer, bytes);
  };
  const blob = await client.lendBlob(layer, { limitBytes, isSmall, use });
  if (blob.kind === "found") return read(blob.value);
  if (blob.kind === "absent") return read(desk.refuse(form, layer, `its blob is gone (${blob.detail})`), true);
  if (blob.failure.delivered === true) return read(desk.refuse(form, layer, `${layer.size} bytes; at most ${limitBytes} are read`));
  return isSmall && blob.failure.code === "limit" ? { kind: "longer" } : { kind: "failed", failure: blob.failure };
}
