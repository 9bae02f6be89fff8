import { digestOf } from "../oci/digest.ts";
import type { TypedBytes } from "./artifact.ts";

/** Formats the image configuration that cosign writes for artifacts that are no images. */
export function formatCosignConfig(layers: readonly TypedBytes[]): Buffer {
  const created = "0001-01-01T00:00:00Z";
  return Buffer.from(
    JSON.stringify({
      architecture: "",
      created,
      history: layers.map(() => ({ created })),
      os: "",
      rootfs: { type: "layers", diff_ids: layers.map((layer) => digestOf(layer.bytes)) },
      config: {},
    }),
  );
}
