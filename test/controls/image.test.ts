import { describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage, buildIndex } from "../../lib/controls/image.ts";
import { RegistryStore } from "../../lib/controls/registry-store.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { parseManifest, type ImageIndex, type ImageManifest } from "../../lib/oci/manifest.ts";
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST } from "../../lib/oci/media-types.ts";

function parse(artifact: { bytes: Buffer; mediaType: string }): ImageManifest | ImageIndex {
  const parsed = parseManifest(artifact.bytes, artifact.mediaType);
  if (parsed.kind !== "parsed") throw new Error(parsed.kind);
  return parsed.manifest;
}

describe("an image", () => {
  it("has the same digest for the same seed and platform, and another for others", () => {
    const arm = { os: "linux", architecture: "arm64", variant: "v8" };
    const digests = [buildImage({ seed: "1" }), buildImage({ seed: "2" }), buildImage({ seed: "1", platform: arm })];
    expect(new Set(digests.map((image) => image.digest)).size).toBe(3);
    expect(buildImage({ seed: "1", platform: arm }).digest).toBe(digests[2]!.digest);
  });

  it.each(["oci", "docker"] as const)("of media types %s brings the config and layer that it describes", (mediaTypes) => {
    const image = buildImage({ seed: "1", mediaTypes });
    const manifest = parse(image) as ImageManifest;
    expect([manifest.config!, ...manifest.layers].map((part) => part.digest)).toEqual(image.blobs.map((blob) => digestOf(blob)));
    expect(manifest.mediaType === DOCKER_MANIFEST).toBe(mediaTypes === "docker");
  });
});

describe("an index", () => {
  const amd = buildImage({ seed: "1" });
  const arm = buildImage({ seed: "1", platform: { os: "linux", architecture: "arm64" } });

  it("names its images with their platforms, and is pushed with them", () => {
    const index = buildIndex([amd, arm]);
    expect((parse(index) as ImageIndex).manifests.map(({ digest, platform }) => [digest, platform!.architecture])).toEqual([
      [amd.digest, "amd64"],
      [arm.digest, "arm64"],
    ]);
    const store = new RegistryStore();
    pushArtifact(store, "acme/app", index, "1.0.0");
    expect(store.digestOfTag("acme/app", "1.0.0")).toBe(index.digest);
    expect(store.manifest("acme/app", arm.digest)!.bytes).toEqual(arm.bytes);
    expect(store.findBlob(digestOf(arm.blobs[0]!))!.body).toEqual(arm.blobs[0]);
  });

  it("may be Docker's manifest list, or hold an index", () => {
    expect(parse(buildIndex([amd], { mediaTypes: "docker" })).mediaType).toBe(DOCKER_MANIFEST_LIST);
    const outer = buildIndex([buildIndex([amd]), arm]);
    expect((parse(outer) as ImageIndex).manifests[0]!.digest).toBe(buildIndex([amd]).digest);
  });
});
