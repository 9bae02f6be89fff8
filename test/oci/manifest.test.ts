import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { parseDescriptors, parseManifest } from "../../lib/oci/manifest.ts";
import { DOCKER_MANIFEST, essenceOf, OCI_ARTIFACT, OCI_INDEX, OCI_MANIFEST } from "../../lib/oci/media-types.ts";

const digest = digestOf("layer");
const descriptor = { mediaType: "application/x", digest, size: 5 };

function parse(document: unknown, contentType = OCI_MANIFEST): ReturnType<typeof parseManifest> {
  return parseManifest(new TextEncoder().encode(JSON.stringify(document)), contentType);
}

describe("a manifest", () => {
  it("is parsed with its descriptors, subject and annotations", () => {
    const parsed = parse({
      schemaVersion: 2,
      config: descriptor,
      layers: [{ ...descriptor, annotations: { a: "b", bad: 1 } }],
      subject: descriptor,
      annotations: { x: "y" },
    });
    expect(parsed).toMatchObject({ kind: "parsed", manifest: { kind: "manifest", layers: [{ digest, size: 5 }], subject: { digest } } });
    const layer = parsed.kind === "parsed" && parsed.manifest.kind === "manifest" ? parsed.manifest.layers[0] : undefined;
    expect({ ...layer?.annotations }).toEqual({ a: "b" });
  });

  it("may be Docker's, and its content type may have parameters", () => {
    expect(parse({ layers: [] }, `${DOCKER_MANIFEST}; charset=utf-8`)).toMatchObject({
      kind: "parsed",
      manifest: { mediaType: DOCKER_MANIFEST },
    });
    expect(essenceOf("Application/JSON ; charset=utf-8")).toBe("application/json");
  });

  it.each([
    ["its own word", { mediaType: OCI_INDEX, manifests: [] }, OCI_MANIFEST, OCI_INDEX],
    ["its own word without a label", { mediaType: DOCKER_MANIFEST, layers: [] }, "", DOCKER_MANIFEST],
    ["its own word before its form is known", { mediaType: OCI_INDEX }, OCI_MANIFEST, OCI_INDEX],
    ["a label that fits its form", { layers: [] }, DOCKER_MANIFEST, DOCKER_MANIFEST],
    ["a label alone", { schemaVersion: 2 }, OCI_MANIFEST, OCI_MANIFEST],
    ["its form against a label", { manifests: [] }, OCI_MANIFEST, OCI_INDEX],
    ["its form as an index", { manifests: null }, "text/plain", OCI_INDEX],
    ["its form as a manifest", { layers: [] }, "application/json", OCI_MANIFEST],
    ["its form as a manifest without layers", { config: descriptor }, "application/octet-stream", OCI_MANIFEST],
    ["its form as an artifact manifest", { blobs: [] }, OCI_MANIFEST, OCI_ARTIFACT],
    ["its form although its own word is empty", { mediaType: "", layers: [] }, "text/html", OCI_MANIFEST],
  ])("is what it is by %s", (_, document, label, mediaType) => {
    expect(parse(document, label)).toMatchObject({ kind: "parsed", manifest: { mediaType } });
  });

  it("may be an artifact manifest, whose blobs are its layers", () => {
    const document = { mediaType: OCI_ARTIFACT, artifactType: "application/x", blobs: [descriptor], subject: descriptor };
    expect(parse(document, OCI_ARTIFACT)).toMatchObject({
      kind: "parsed",
      manifest: { kind: "manifest", artifactType: "application/x", config: null, layers: [{ digest }], subject: { digest } },
    });
  });

  it.each(["application/vnd.docker.distribution.manifest.v1+prettyjws", OCI_MANIFEST, ""])("of schema 1 is known under %j", (label) => {
    expect(parse({ schemaVersion: 1, name: "app", fsLayers: [], history: [] }, label)).toEqual({ kind: "schema-1" });
  });

  it.each([
    ["both an index and a manifest", { manifests: [], layers: [] }, OCI_INDEX],
    ["both layers and blobs", { layers: [], blobs: [] }, OCI_MANIFEST],
    ["a media type that contradicts its form", { mediaType: OCI_INDEX, layers: [] }, OCI_MANIFEST],
    ["the media type of a manifest over an index", { mediaType: OCI_MANIFEST, manifests: [] }, OCI_INDEX],
    ["the media type of a manifest over blobs", { mediaType: OCI_MANIFEST, blobs: [] }, OCI_ARTIFACT],
    ["the media type of something else", { mediaType: "application/x", layers: [] }, OCI_MANIFEST],
    ["a media type that is no text", { mediaType: 5, layers: [] }, OCI_MANIFEST],
    ["no form and no label that tells", { schemaVersion: 2 }, "application/json"],
    ["an error document", { errors: [{ code: "MANIFEST_UNKNOWN" }] }, "application/json"],
    ["a list", [], OCI_MANIFEST],
    ["null", null, OCI_MANIFEST],
    ["layers that are no list", { layers: {} }, OCI_MANIFEST],
    ["a descriptor without a digest", { layers: [{ size: 1 }] }, OCI_MANIFEST],
    ["a descriptor with a path for a digest", { layers: [{ digest: "sha256:../../x", size: 1 }] }, OCI_MANIFEST],
  ])("is refused with %s", (_, document, contentType) => {
    expect(parse(document, contentType).kind).toBe("malformed");
  });
});

describe("the size beside a digest", () => {
  it.each([-1, "5", 1.5, 1e300, null, undefined])("decides nothing, also if it is %j", (size) => {
    expect(parse({ layers: [{ ...descriptor, size }] }, OCI_MANIFEST)).toMatchObject({
      kind: "parsed",
      manifest: { layers: [{ digest, size: 0 }] },
    });
  });
});

describe("a referrers list", () => {
  it("may be null, as olareg writes an empty one, and is bounded", () => {
    expect(parseDescriptors(null, 10)).toEqual([]);
    expect(parseDescriptors([descriptor], 10)).toMatchObject([{ digest, artifactType: null }]);
    expect(
      parseDescriptors(
        Array.from({ length: 11 }, () => descriptor),
        10,
      ),
    ).toBeNull();
    expect(parseDescriptors([{ digest: "x" }], 10)).toBeNull();
    expect(parseDescriptors("text", 10)).toBeNull();
  });
});
