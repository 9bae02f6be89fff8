import { describe, expect, it } from "vitest";
import { startRegistry } from "../../../lib/controls/registry-server.ts";
import { renderRecovered } from "../../../lib/notification/finding-text.ts";
import { Scene, STRANGER } from "../../timelines/scene.ts";
import { auditNight, openMemory } from "../night.ts";

type Step = (scene: Scene) => void;

/** The texts of all that recovered in the last of these nights, without label and repository, and each digest by its tag. */
async function recoveriesOf(...steps: readonly Step[]): Promise<string[]> {
  const registry = await startRegistry();
  const scene = new Scene(registry, openMemory());
  try {
    const texts: string[] = [];
    for (const [n, step] of steps.entries()) {
      step(scene);
      const { told } = await auditNight(scene.list, scene.store, n);
      texts.splice(0);
      for (const { entry, finding } of told) if (entry.kind === "recovered" && finding !== null) texts.push(renderRecovered(finding));
    }
    return texts.map((text) => text.replace(`[RECOVERED] ${scene.repository} `, ""));
  } finally {
    await registry.close();
    await scene.store.close();
  }
}

const headlines = (texts: readonly string[]): string[] => texts.map((text) => text.split("\n")[0]!);
const signed: Step = (scene) => scene.pushSigned("v1.0.0");

describe("what is told of a finding that ended", () => {
  it("is that a release is signed again whose signature had gone", async () => {
    const texts = await recoveriesOf(
      signed,
      (scene) => scene.deleteSignature("v1.0.0"),
      (scene) => scene.sign("v1.0.0"),
    );
    expect(headlines(texts)).toEqual(["v1.0.0 signed again (was signature-deleted)"]);
  });

  it("is that a release is signed now which never was", async () => {
    const texts = await recoveriesOf(
      signed,
      (scene) => scene.push("v1.0.1"),
      (scene) => scene.sign("v1.0.1"),
    );
    expect(headlines(texts)).toEqual(["v1.0.1 signed now (was release-unsigned)"]);
  });

  it("is the image that the tag moved on to, with that of the finding", async () => {
    const digests: string[] = [];
    const [text] = await recoveriesOf(
      (scene) => {
        signed(scene);
        scene.point("latest", "v1.0.0");
      },
      (scene) => digests.push(scene.push("latest", "bad").digest),
      (scene) => {
        digests.push(scene.pushSigned("v1.1.0").digest);
        scene.point("latest", "v1.1.0");
      },
    );
    const lines = text!.split("\n");
    expect(lines.slice(0, 2)).toEqual(["latest now names a signed image (was tag-moved)", `Digest: ${digests[1]}`]);
    expect(lines[2]).toContain(`Was: tag-moved at ${digests[0]}, told since `);
  });

  it("is that a tag is back at the image that it left", async () => {
    const texts = await recoveriesOf(
      (scene) => {
        signed(scene);
        scene.point("keep", "v1.0.0");
      },
      (scene) => scene.pushSigned("v1.0.0", { seed: "another" }),
      (scene) => scene.point("v1.0.0", "keep"),
    );
    expect(headlines(texts)).toEqual(["v1.0.0 back at the image that it left (was tag-moved)"]);
  });

  it("is that a moved tag has not moved back, although its new image was signed", async () => {
    const [text] = await recoveriesOf(
      signed,
      (scene) => scene.push("v1.0.0", "another"),
      (scene) => scene.sign("v1.0.0"),
    );
    expect(text!.split("\n")[0]).toBe("v1.0.0 not moved back, but its image is signed now (was tag-moved)");
    expect(text).toContain("To do: if nobody meant to move the tag, restore the digest that it named before.");
  });

  it("is what a release proves to be after a flood", async () => {
    const flood: Step = (scene) => {
      for (let n = 0; n < 70; n++) scene.signAsReferrer("v1.0.1", STRANGER, { n: String(n) });
    };
    const drain: Step = ({ registry }) => {
      for (const [digest, { bytes }] of registry.store.repository("app")!.manifests)
        if (bytes.includes("sigstore.bundle")) registry.store.deleteManifest("app", digest);
    };
    const begin: Step = (scene) => {
      signed(scene);
      scene.push("v1.0.1");
    };
    expect(headlines(await recoveriesOf(begin, flood, drain))).toEqual(["v1.0.1 no longer flooded, now unsigned"]);
  });
});
