import { describe, expect, it } from "vitest";
import { recogniseForm } from "../../lib/discovery/forms.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import type { Descriptor, ImageManifest } from "../../lib/oci/manifest.ts";
import { OCI_CONFIG, OCI_EMPTY, OCI_LAYER_GZIP, OCI_MANIFEST } from "../../lib/oci/media-types.ts";

function descriptor(mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(mediaType), size: 2, artifactType: null, annotations: {}, platform: null };
}

function manifestOf(layers: string[], options: { artifactType?: string; config?: string } = {}): ImageManifest {
  return {
    kind: "manifest",
    mediaType: OCI_MANIFEST,
    artifactType: options.artifactType ?? null,
    subject: null,
    annotations: {},
    config: descriptor(options.config ?? OCI_EMPTY),
    layers: layers.map(descriptor),
  };
}

function formOf(layer: string, options: { artifactType?: string; config?: string } = {}): string {
  const manifest = manifestOf([layer], options);
  return recogniseForm(manifest, manifest.layers[0]!);
}

describe("recogniseForm", () => {
  it.each([
    ["application/vnd.dev.cosign.simplesigning.v1+json", "simple-signing"],
    ["application/vnd.dev.sigstore.bundle.v0.3+json", "sigstore-bundle"],
    ["application/vnd.dev.sigstore.bundle+json;version=0.1", "sigstore-bundle"],
    ["application/vnd.dsse.envelope.v1+json", "dsse-attestation"],
    ["application/vnd.in-toto+json", "unsigned-statement"],
    ["text/spdx", "sbom"],
    ["text/spdx+json", "sbom"],
    ["application/spdx+json", "sbom"],
    ["application/vnd.cyclonedx+json", "sbom"],
    ["application/vnd.syft+json", "sbom"],
    ["application/jose+json", "other"],
    ["text/spdxlike", "other"],
    [OCI_LAYER_GZIP, "other"],
    ["", "other"],
  ])("reads a layer of type %j as %s", (mediaType, form) => {
    expect(formOf(mediaType)).toBe(form);
  });

  it("reads Notation by the artifact type or the config of the manifest", () => {
    expect(formOf("application/jose+json", { artifactType: "application/vnd.cncf.notary.signature" })).toBe("notation");
    expect(formOf("application/cose", { config: "application/vnd.cncf.notary.signature" })).toBe("notation");
  });

  it("reads cosign's experimental referrer by its layer, with or without an artifact type", () => {
    const layer = "application/vnd.dev.cosign.simplesigning.v1+json";
    expect(formOf(layer, { config: "application/vnd.dev.cosign.artifact.sig.v1+json" })).toBe("simple-signing");
    expect(formOf(layer, { artifactType: "application/vnd.oci.empty.v1+json", config: OCI_CONFIG })).toBe("simple-signing");
  });

  it("takes an envelope under the artifact type of unsigned statements for what it is", () => {
    expect(formOf("application/vnd.dsse.envelope.v1+json", { artifactType: "application/vnd.in-toto+json" })).toBe("dsse-attestation");
  });

  it("takes no artifact type for a signature that the layers are not", () => {
    expect(formOf(OCI_LAYER_GZIP, { artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" })).toBe("other");
    expect(formOf("text/plain", { artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json" })).toBe("other");
  });

  it("reads each layer of a mixed manifest by itself", () => {
    const manifest = manifestOf([
      "application/vnd.dev.cosign.simplesigning.v1+json",
      "application/vnd.dsse.envelope.v1+json",
      OCI_LAYER_GZIP,
    ]);
    expect(manifest.layers.map((layer) => recogniseForm(manifest, layer))).toEqual(["simple-signing", "dsse-attestation", "other"]);
  });
});
