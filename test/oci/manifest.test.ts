import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { parseDescriptors, parseManifest } from "../../lib/oci/manifest.ts";
import { DOCKER_MANIFEST, essenceOf, OCI_INDEX, OCI_MANIFEST } from "../../lib/oci/media-types.ts";

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
    ["both an index and a manifest", { manifests: [], layers: [] }, OCI_INDEX],
    ["an index under the type of a manifest", { manifests: [] }, OCI_MANIFEST],
    ["another media type inside than outside", { mediaType: OCI_INDEX, layers: [] }, OCI_MANIFEST],
    ["a list", [], OCI_MANIFEST],
    ["null", null, OCI_MANIFEST],
    ["layers that are no list", { layers: {} }, OCI_MANIFEST],
    ["a descriptor without a digest", { layers: [{ size: 1 }] }, OCI_MANIFEST],
    ["a descriptor with a path for a digest", { layers: [{ digest: "sha256:../../x", size: 1 }] }, OCI_MANIFEST],
    ["a negative size", { layers: [{ ...descriptor, size: -1 }] }, OCI_MANIFEST],
    ["a size that is no number", { layers: [{ ...descriptor, size: "5" }] }, OCI_MANIFEST],
    ["HTML", { layers: [] }, "text/html"],
  ])("is refused with %s", (_, document, contentType) => {
    expect(parse(document, contentType).kind).toBe("malformed");
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
