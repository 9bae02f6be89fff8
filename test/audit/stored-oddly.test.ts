import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  buildManifest,
  describe as describePart,
  EMPTY_CONFIG,
  newArtifact,
  pushArtifact,
  type Artifact,
} from "../../lib/controls/artifact.ts";
import { attest } from "../../lib/controls/attest.ts";
import { buildImage, buildIndex } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { listLayers, signReferrer, signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag, referrersTag } from "../../lib/oci/companion-tag.ts";
import { OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST, SIGSTORE_BUNDLE_V03 } from "../../lib/oci/media-types.ts";
import type { Policy } from "../../lib/watchlist/watch-list.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: false });
});
afterEach(() => registry.close());

function push(tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

/** Puts an index of these entries under a tag. */
function tagIndex(tag: string, entries: readonly object[], more: object = {}): void {
  const document = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries, ...more };
  pushArtifact(registry.store, "app", newArtifact(document, OCI_INDEX, { blobs: [], children: [], entry: {} }), tag);
}

function entryOf(artifact: Artifact, more: object = {}): object {
  return { ...describePart({ mediaType: artifact.mediaType, bytes: artifact.bytes }), ...more };
}

async function audit(policy: Partial<Policy> = {}): Promise<string[]> {
  const watched = watch(`${registry.host}/app`, key.pem);
  const store = openMemory();
  try {
    return verdictsOf(await auditNight(watchList({ ...watched, policy: { ...watched.policy, ...policy } }), store, 0));
  } finally {
    await store.close();
  }
}

const AMD64 = { platform: { os: "linux", architecture: "amd64" } };

describe("an entry of the fallback index that looks like a platform of an image", () => {
  it("is read, because the manifest decides", async () => {
    const image = push("1.0.0");
    const signature = signReferrer(registry, "app", image, key);
    tagIndex(referrersTag(image.digest), [entryOf(signature, AMD64)]);
    expect(await audit()).toEqual(["1.0.0 signed"]);
  });

  it("is no signature if its manifest is that of an image", async () => {
    const image = push("1.0.0");
    const other = buildIndex([buildImage({ seed: "amd64" }), buildImage({ seed: "arm64" })]);
    pushArtifact(registry.store, "app", other, referrersTag(image.digest));
    expect(await audit()).toEqual(["1.0.0 unsigned/nothing-found"]);
  });

  it("leaves the release unknown if it cannot be read", async () => {
    const image = push("1.0.0");
    tagIndex(referrersTag(image.digest), [entryOf(buildImage({ seed: "never pushed" }), AMD64)]);
    expect(await audit()).toEqual(["1.0.0 unknown/listed-but-missing"]);
  });

  it("is read after what says of itself that it is a signature, and what is left unread is said", async () => {
    const [signed, bare] = [push("1.0.0"), push("1.0.1")];
    const platforms = Array.from({ length: 70 }, (_, n) => buildImage({ seed: `platform ${n}` }));
    for (const platform of platforms) pushArtifact(registry.store, "app", platform);
    const entries = platforms.map((platform) => entryOf(platform, AMD64));
    tagIndex(referrersTag(signed.digest), [...entries, entryOf(signReferrer(registry, "app", signed, key))]);
    tagIndex(referrersTag(bare.digest), entries);
    expect(await audit()).toEqual(["1.0.0 signed", "1.0.1 unknown/evidence-flooded"]);
  });
});

describe("an index where a signature is looked for", () => {
  it("is opened under cosign's tag, as cosign opens it", async () => {
    const image = push("1.0.0");
    const signature = signSimple(registry, "app", image, key);
    tagIndex(cosignTag(image.digest, ".sig"), [entryOf(signature, AMD64)]);
    expect(await audit()).toEqual(["1.0.0 signed"]);
  });

  it("is opened as a referrer, and speaks for the manifests in it", async () => {
    registry.setOptions({ referrersApi: true });
    const image = push("1.0.0");
    const signature = signSimple(registry, "app", image, key);
    registry.store.untag("app", cosignTag(image.digest, ".sig"));
    tagIndex("outer", [entryOf(signature)], { subject: entryOf(image) });
    expect(await audit()).toEqual(["1.0.0 signed"]);
  });

  it("fails if it has more manifests than are read", async () => {
    const image = push("1.0.0");
    const entry = entryOf(buildImage({ seed: "one of many" }));
    tagIndex(
      cosignTag(image.digest, ".sig"),
      Array.from({ length: 65 }, () => entry),
    );
    expect(await audit()).toEqual(["1.0.0 unknown/limit"]);
  });
});

describe("a layer whose media type does not say what it is", () => {
  /** Tags the layers of cosign's tag again, each changed. */
  function retype(image: Artifact, suffix: ".sig" | ".att", change: object): void {
    const tag = cosignTag(image.digest, suffix);
    const layers = listLayers(registry.store, "app", tag).map((layer) => ({ ...layer, ...change }));
    pushArtifact(registry.store, "app", buildManifest({ config: EMPTY_CONFIG, layers }), tag);
  }

  it.each(["application/octet-stream", "application/vnd.oci.image.layer.v1.tar", OCI_LAYER_GZIP, "application/vnd.in-toto+json", ""])(
    "of type %j is a signature beside cosign's annotation, though one that only cosign reads",
    async (mediaType) => {
      const image = push("1.0.0");
      signSimple(registry, "app", image, key);
      retype(image, ".sig", { mediaType });
      expect(await audit()).toEqual(["1.0.0 untrusted/unverifiable"]);
    },
  );

  it("is one beside a certificate alone", async () => {
    const image = push("1.0.0");
    signSimple(registry, "app", image, key);
    retype(image, ".sig", { mediaType: "text/plain", annotations: { "dev.sigstore.cosign/certificate": "" } });
    expect(await audit()).toEqual(["1.0.0 untrusted/unverifiable"]);
  });

  it("is none if it was only attached, whatever stands beside it", async () => {
    const image = push("1.0.0");
    signSimple(registry, "app", image, key);
    retype(image, ".sig", { mediaType: "text/plain", bytes: Buffer.from("a note") });
    expect(await audit()).toEqual(["1.0.0 unsigned/nothing-found"]);
  });

  it("is an attestation if it is an envelope beside an empty signature", async () => {
    const image = push("1.0.0");
    attest(registry, "app", image, key);
    retype(image, ".att", { mediaType: "application/octet-stream" });
    expect(await audit({ accept: ["attestation"] })).toEqual(["1.0.0 signed"]);
    expect(await audit()).toEqual(["1.0.0 unsigned/only-attestation"]);
  });
});

describe("a signature among more attestations than may be read", () => {
  const VULNERABILITIES = "https://cosign.sigstore.dev/attestation/vuln/v1";

  /** Bundles that a nightly scan attached. Their bytes are nobody's. */
  function scan(image: Artifact, nights: number, annotations: (night: number) => Readonly<Record<string, string>>): Artifact[] {
    return Array.from({ length: nights }, (_, night) => {
      const bundle = { mediaType: SIGSTORE_BUNDLE_V03, bytes: Buffer.from(JSON.stringify({ night })) };
      const artifact = buildManifest({
        config: EMPTY_CONFIG,
        layers: [bundle],
        annotations: annotations(night),
        subject: image,
        artifactType: SIGSTORE_BUNDLE_V03,
      });
      pushArtifact(registry.store, "app", artifact);
      return artifact;
    });
  }

  const dated = (night: number) => ({
    "dev.sigstore.bundle.predicateType": VULNERABILITIES,
    "org.opencontainers.image.created": new Date(Date.UTC(2027, 0, night + 1)).toISOString(),
  });
  const undated = () => ({ "dev.sigstore.bundle.predicateType": VULNERABILITIES });
  const untold = () => ({ "dev.sigstore.bundle.content": "dsse-envelope" });

  describe.each([
    ["that are newer", dated],
    ["without a date", undated],
    ["that do not say what they attest", untold],
  ])("%s", (_, annotations) => {
    it("is read from the referrers API", async () => {
      registry.setOptions({ referrersApi: true });
      const image = push("1.0.0");
      scan(image, 65, annotations);
      signBundle(registry, "app", image, key);
      expect(await audit()).toEqual(["1.0.0 signed"]);
    });

    it("is read from the fallback index", async () => {
      const image = push("1.0.0");
      const entries = scan(image, 65, annotations).map((artifact, night) => {
        return entryOf(artifact, { artifactType: SIGSTORE_BUNDLE_V03, annotations: annotations(night) });
      });
      tagIndex(referrersTag(image.digest), [
        ...entries,
        entryOf(signReferrer(registry, "app", image, key), { artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json" }),
      ]);
      expect(await audit()).toEqual(["1.0.0 signed"]);
    });
  });

  it("is not missed if there is none: what was not read may be one", async () => {
    registry.setOptions({ referrersApi: true });
    scan(push("1.0.0"), 65, dated);
    expect(await audit()).toEqual(["1.0.0 unknown/evidence-flooded"]);
  });

  it("does not bury another kind of attestation that the policy demands", async () => {
    registry.setOptions({ referrersApi: true });
    const image = push("1.0.0");
    signBundle(registry, "app", image, key, { predicateType: "https://slsa.dev/provenance/v1" });
    scan(image, 65, dated);
    expect(await audit({ accept: ["attestation"] })).toEqual(["1.0.0 signed"]);
  });

  it("is read under cosign's tag, where the newest attestation of each kind is, too", async () => {
    const image = push("1.0.0");
    const junk = (n: number) => ({
      mediaType: "application/vnd.dsse.envelope.v1+json",
      bytes: Buffer.from(JSON.stringify({ n })),
      annotations: { "dev.cosignproject.cosign/signature": "", predicateType: VULNERABILITIES },
    });
    attest(registry, "app", image, key);
    const tag = cosignTag(image.digest, ".att");
    const own = listLayers(registry.store, "app", tag);
    const layers = [...Array.from({ length: 120 }, (_, n) => junk(n)), ...own];
    pushArtifact(registry.store, "app", buildManifest({ mediaType: OCI_MANIFEST, config: EMPTY_CONFIG, layers }), tag);
    expect(await audit({ accept: ["attestation"] })).toEqual(["1.0.0 signed"]);
  });
});
