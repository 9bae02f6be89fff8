import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signReferrer } from "../../lib/controls/sign-simple.ts";
import { cosignTag, referrersTag } from "../../lib/oci/companion-tag.ts";
import { OCI_ARTIFACT, OCI_INDEX } from "../../lib/oci/media-types.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
});
afterEach(() => registry.close());

function push(): Artifact {
  const image = buildImage({ seed: "1.0.0" });
  pushArtifact(registry.store, "app", image, "1.0.0");
  return image;
}

/** Stores a signature again as clients did for image-spec 1.1.0-rc2, and nothing of it as it was. */
function storeAsArtifact({ digest, bytes }: Artifact, image: Artifact, tag: string | null = null) {
  const { layers, subject, artifactType = "application/vnd.acme.signature" } = JSON.parse(String(bytes)) as Record<string, unknown>;
  registry.store.untag("app", referrersTag(image.digest));
  registry.store.deleteManifest("app", digest);
  const document = JSON.stringify({ mediaType: OCI_ARTIFACT, artifactType, blobs: layers, subject });
  return registry.store.putManifest("app", document, OCI_ARTIFACT, tag);
}

async function audit(): Promise<string[]> {
  const store = openMemory();
  const night = await auditNight(watchList(watch(`${registry.host}/app`, key.pem)), store, 0);
  await store.close();
  return verdictsOf(night);
}

describe("a signature in an artifact manifest", () => {
  it.each([
    ["a bundle", signBundle],
    ["a cosign signature", signReferrer],
  ])("is read where the referrers API lists %s", async (_, sign) => {
    const image = push();
    storeAsArtifact(sign(registry, "app", image, key), image);
    expect(await audit()).toEqual(["1.0.0 signed"]);
  });

  it("is read from cosign's tag", async () => {
    const image = push();
    storeAsArtifact(signReferrer(registry, "app", image, key), image, cosignTag(image.digest, ".sig"));
    registry.setOptions({ referrersApi: false });
    expect(await audit()).toEqual(["1.0.0 signed"]);
  });

  it("is read from the fallback index", async () => {
    const image = push();
    const { digest, bytes } = storeAsArtifact(signReferrer(registry, "app", image, key), image);
    const manifests = [{ mediaType: OCI_ARTIFACT, digest, size: bytes.length }];
    registry.store.putManifest("app", JSON.stringify({ schemaVersion: 2, manifests }), OCI_INDEX, referrersTag(image.digest));
    registry.setOptions({ referrersApi: false });
    expect(await audit()).toEqual(["1.0.0 signed"]);
  });
});
