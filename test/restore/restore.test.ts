import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signBundle } from "../../lib/controls/sign-bundle.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { openSqliteHistory } from "../../lib/history/sqlite/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { rebuildManifest } from "../../lib/restore/rebuild-manifest.ts";
import { auditNight, verdictsOf, watch, watchList, type Night } from "../audit/night.ts";
import { makeDirectory } from "../bin/make-directory.ts";
import { runCommand, type Outcome } from "../bin/run-command.ts";

const key = newKeyPair();

interface Scene {
  readonly registry: ControlRegistry;
  readonly image: Artifact;
  readonly cwd: string;
  readonly play: (night: number) => Promise<Night>;
  readonly restore: (id: string, output?: string) => Promise<Outcome>;
}

/** A release, and a history beside it. */
async function open(referrersApi = true): Promise<Scene> {
  const [registry, cwd] = [await startRegistry({ referrersApi }), makeDirectory()];
  onTestFinished(() => registry.close());
  const image = buildImage({ seed: "1.0.0" });
  pushArtifact(registry.store, "app", image, "1.0.0");
  const path = join(cwd, "history.db");
  const list = watchList(watch(`${registry.host}/app`, key.pem));
  const play = async (night: number): Promise<Night> => {
    const store = openSqliteHistory(path);
    try {
      return await auditNight(list, store, night);
    } finally {
      await store.close();
    }
  };
  const restore = (id: string, output = "out"): Promise<Outcome> =>
    runCommand(["restore", id, "--output", output, "--history", path], { cwd });
  return { registry, image, cwd, play, restore };
}

/** The id of the finding with this cause, told in two nights after something happened. */
async function findingAfter(act: () => void, cause: string, play: Scene["play"]): Promise<string> {
  act();
  await play(1);
  const { document } = await play(2);
  return document.findings.find((finding) => finding.cause === cause)!.id;
}

/** Pushes what lies in an OCI layout, as `crane push` does, and returns its digest. */
function pushLayout(registry: ControlRegistry, directory: string, tag: string | undefined): string {
  const index = JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as { manifests: [{ digest: string; mediaType: string }] };
  const [{ digest, mediaType }] = index.manifests;
  const blobs = join(directory, "blobs", "sha256");
  for (const hex of readdirSync(blobs)) {
    const bytes = readFileSync(join(blobs, hex));
    expect(digestOf(bytes)).toBe(`sha256:${hex}`);
    if (`sha256:${hex}` === digest) registry.store.putManifest("app", bytes.toString(), mediaType, tag);
    else registry.store.putBlob("app", bytes);
  }
  return digest;
}

describe("sealwatch restore", () => {
  it("writes a deleted signature of cosign as it was, for its tag, and it verifies again", async () => {
    const { registry, image, cwd, play, restore } = await open();
    const signature = signSimple(registry, "app", image, key);
    await play(0);
    const id = await findingAfter(() => registry.store.deleteManifest("app", signature.digest), "signature-deleted", play);
    const tag = cosignTag(image.digest, ".sig");
    const { code, stdout } = await restore(id);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `out: the signature of ${image.digest} by release`,
        "  The push replaces what that tag names now.",
        `  Push it back: crane push out ${registry.host}/app:${tag}`,
        `  Then check: sealwatch inspect ${registry.host}/app@${image.digest}`,
        "",
      ].join("\n"),
    );
    expect(pushLayout(registry, join(cwd, "out"), tag)).toBe(signature.digest);
    const night = await play(3);
    expect(verdictsOf(night)).toEqual(["1.0.0 signed"]);
    expect(night.document.findings).toMatchObject([{ id, status: "resolved" }]);
  });

  it("writes a deleted referrer as it was, for its digest", async () => {
    const { registry, image, cwd, play, restore } = await open();
    const signature = signBundle(registry, "app", image, key);
    await play(0);
    const id = await findingAfter(() => registry.store.deleteManifest("app", signature.digest), "signature-deleted", play);
    expect((await restore(id)).stdout).toContain(`  Push it back: crane push out ${registry.host}/app@${signature.digest}\n`);
    expect(pushLayout(registry, join(cwd, "out"), undefined)).toBe(signature.digest);
    expect(verdictsOf(await play(3))).toEqual(["1.0.0 signed"]);
  });

  it("says how to point a moved tag back, and writes nothing", async () => {
    const { registry, image, cwd, play, restore } = await open();
    signSimple(registry, "app", image, key);
    await play(0);
    const other = buildImage({ seed: "other" });
    const id = await findingAfter(() => pushArtifact(registry.store, "app", other, "1.0.0"), "tag-moved", play);
    const { code, stdout } = await restore(id);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `The image that 1.0.0 named is ${image.digest}.\nPoint the tag to it again: crane tag ${registry.host}/app@${image.digest} 1.0.0\n`,
    });
    expect(readdirSync(cwd)).not.toContain("out");
  });

  it("refuses a release that was never signed, and a directory that holds something", async () => {
    const { registry, image, cwd, play, restore } = await open();
    const signature = signSimple(registry, "app", image, key);
    await play(0);
    const bare = buildImage({ seed: "bare" });
    const act = (): void => {
      registry.store.deleteManifest("app", signature.digest);
      pushArtifact(registry.store, "app", bare, "1.1.0");
    };
    const id = await findingAfter(act, "release-unsigned", play);
    const never = await restore(id);
    expect(never).toMatchObject({ code: 2, stdout: "" });
    expect(never.stderr).toContain("was not signed before, so there is no signature to restore");
    const { document } = await play(3);
    mkdirSync(join(cwd, "out"));
    writeFileSync(join(cwd, "out", "mine"), "");
    const full = await restore(document.findings.find(({ cause }) => cause === "signature-deleted")!.id);
    expect(full).toMatchObject({ code: 2, stderr: expect.stringContaining("--output out: something is in it already") });
  });
});

describe("a signature manifest of which not everything is kept", () => {
  const layers = ["kept", "lost"].map((text) => Buffer.from(text));
  const described = layers.map((bytes) => ({
    mediaType: "text/plain",
    digest: digestOf(bytes),
    size: bytes.length,
    annotations: { a: "b" },
  }));
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf("unknown"), size: 7 };
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: described, annotations: { c: "d" } }));

  it("is put together again of what is, with its annotations, and says so", () => {
    const rebuilt = rebuildManifest(manifest, new Map([[digestOf(layers[0]!), layers[0]!]]))!;
    expect(rebuilt.isExact).toBe(false);
    expect(rebuilt.digest).toBe(digestOf(rebuilt.bytes));
    const document = JSON.parse(Buffer.from(rebuilt.bytes).toString()) as {
      config: { digest: string };
      layers: unknown[];
      annotations: object;
    };
    expect(document.layers).toEqual([described[0]]);
    expect(document.annotations).toEqual({ c: "d" });
    expect([...rebuilt.blobs.keys()].toSorted()).toEqual([described[0]!.digest, document.config.digest].toSorted());
  });

  it("is not put together without any layer, nor from what is no manifest", () => {
    expect(rebuildManifest(manifest, new Map())).toBeNull();
    expect(rebuildManifest(Buffer.from("[]"), new Map([[digestOf(layers[0]!), layers[0]!]]))).toBeNull();
  });
});
