import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage, buildIndex } from "../../lib/controls/image.ts";
import { nightAt } from "../audit/night.ts";
import { keySigner, RELEASE, SECOND, STRANGER, type Scene } from "./scene.ts";
import { night, quiet, signed, timeline, type Timeline } from "./timeline.ts";

const NOTHING = (): void => undefined;

function flood(scene: Scene): void {
  scene.push("v1.0.1");
  for (let n = 0; n < 70; n++) scene.signAsReferrer("v1.0.1", STRANGER, { n: String(n) });
}

function pushIndex(scene: Scene, tag: string, signedPlatform: boolean): void {
  const platforms = ["amd64", "arm64"].map((architecture) => buildImage({ seed: architecture, platform: { os: "linux", architecture } }));
  pushArtifact(scene.registry.store, "app", buildIndex(platforms), tag);
  if (!signedPlatform) return;
  pushArtifact(scene.registry.store, "app", platforms[0]!, "platform");
  scene.sign("platform");
  scene.remove("platform");
}

/** What happens to single releases and their signatures. */
export const RELEASES: Readonly<Record<string, Timeline>> = {
  "signed releases, and bare ones of the first night, stay silent for three weeks": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.push("v1.0.1");
      scene.pushSigned("v1.0.2", { key: STRANGER });
    }, "baseline"),
    quiet(21),
  ]),

  "a new bare release is told once, and its signature once": timeline([
    signed("v1.0.0"),
    night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
    quiet(3),
    night((scene) => scene.sign("v1.0.1"), "recovered release-unsigned v1.0.1"),
    quiet(3),
  ]),

  "a new release that a stranger signed is told until its own signature is beside it": timeline([
    signed("v1.0.0"),
    night((scene) => scene.pushSigned("v1.0.1", { key: STRANGER }), "alert unexpected-signer v1.0.1"),
    quiet(),
    night((scene) => scene.sign("v1.0.1"), "recovered unexpected-signer v1.0.1"),
    quiet(),
  ]),

  "a damaged signature is told as invalid": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.push("v1.0.1");
        scene.sign("v1.0.1", RELEASE, { signature: "!!! no base64 !!!" });
      }, "alert signature-invalid v1.0.1"),
      quiet(2),
    ],
    ["open signature-invalid v1.0.1"],
  ),

  "the signature of another release is told as misbound": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.push("v1.0.1");
        scene.registry.store.tag(
          "app",
          scene.signatureTag("v1.0.1"),
          scene.registry.store.digestOfTag("app", scene.signatureTag("v1.0.0"))!,
        );
      }, "alert signature-misbound v1.0.1"),
      quiet(2),
    ],
    ["open signature-misbound v1.0.1"],
  ),

  "an index of which only a platform is signed is told as signed at the wrong digest": timeline([
    signed("v1.0.0"),
    night((scene) => pushIndex(scene, "v1.1.0", true), "alert signed-wrong-digest v1.1.0"),
    quiet(),
    night((scene) => scene.sign("v1.1.0"), "recovered signed-wrong-digest v1.1.0"),
    quiet(),
  ]),

  "a release whose signature names a digest that is gone is told as signed at the wrong digest": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        const { digest } = scene.pushSigned("v1.0.1", { seed: "before it was serialised anew" });
        scene.registry.store.deleteManifest("app", digest);
        scene.push("v1.0.1");
      }, "alert signed-wrong-digest v1.0.1"),
      quiet(2),
    ],
    ["open signed-wrong-digest v1.0.1"],
  ),

  "a release with fewer signers than the threshold is told as untrusted": timeline([
    night((scene) => {
      scene.policy({ threshold: 2, signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
      scene.pushSigned("v1.0.0");
      scene.sign("v1.0.0", SECOND);
    }, "baseline"),
    night((scene) => scene.pushSigned("v1.0.1"), "alert release-untrusted v1.0.1"),
    quiet(),
    night((scene) => scene.sign("v1.0.1", SECOND), "recovered release-untrusted v1.0.1"),
    quiet(),
  ]),

  "a release signed by a key that was retired before is told, the older ones are not": timeline(
    [
      night((scene) => {
        scene.policy({ signers: [keySigner("old", RELEASE, nightAt(1)), keySigner("new", SECOND)] });
        scene.pushSigned("v1.0.0");
      }, "baseline"),
      quiet(2),
      night((scene) => scene.pushSigned("v1.0.1"), "alert release-untrusted v1.0.1"),
      quiet(),
    ],
    ["open release-untrusted v1.0.1"],
  ),

  "a flood of signatures is told once, and what it hid when it is over": timeline(
    [
      signed("v1.0.0"),
      night(flood, "alert evidence-flooded v1.0.1"),
      quiet(2),
      night((scene) => {
        const manifests = scene.registry.store.repository("app")!.manifests;
        for (const [digest, { bytes }] of manifests)
          if (bytes.includes("sigstore.bundle")) scene.registry.store.deleteManifest("app", digest);
      }, "alert release-unsigned v1.0.1"),
      quiet(),
    ],
    ["open release-unsigned v1.0.1"],
  ),

  "a deleted signature is told once, and its return once": timeline([
    signed("v1.0.0", "v1.0.1"),
    quiet(),
    night((scene) => scene.deleteSignature("v1.0.0"), "alert signature-deleted v1.0.0"),
    quiet(2),
    night((scene) => scene.sign("v1.0.0"), "recovered signature-deleted v1.0.0"),
    quiet(),
  ]),

  "a detached signature is told as detached, and its return once": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.detachSignature("v1.0.1"), "alert signature-detached v1.0.1"),
    quiet(2),
    night((scene) => scene.sign("v1.0.1"), "recovered signature-detached v1.0.1"),
    quiet(),
  ]),

  "a signature that a stranger's replaced is told as deleted, the first row that matches": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.deleteSignature("v1.0.0");
        scene.sign("v1.0.0", STRANGER);
      }, "alert signature-deleted v1.0.0"),
      quiet(2),
    ],
    ["open signature-deleted v1.0.0"],
  ),

  "a bare release that a stranger signs later is a new fact": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      night((scene) => scene.sign("v1.0.1", STRANGER), "alert unexpected-signer v1.0.1"),
      quiet(2),
    ],
    ["open unexpected-signer v1.0.1"],
  ),

  "four things in one night are four findings, each with its own cause": timeline(
    [
      signed("v1.0.0", "v1.0.1", "v1.0.2"),
      night(
        (scene) => {
          scene.deleteSignature("v1.0.0");
          scene.detachSignature("v1.0.1");
          scene.push("v1.0.2", "pushed over");
          scene.push("v1.0.3");
        },
        "alert signature-deleted v1.0.0",
        "alert signature-detached v1.0.1",
        "alert tag-moved v1.0.2",
        "alert release-unsigned v1.0.3",
      ),
      quiet(3),
    ],
    ["open signature-deleted v1.0.0", "open signature-detached v1.0.1", "open tag-moved v1.0.2", "open release-unsigned v1.0.3"],
  ),

  "a repository that never signed is told once, its releases after the first signed one": timeline(
    [
      night((scene) => scene.push("v1.0.0"), "baseline", "warning never-signed -"),
      night((scene) => scene.push("v1.0.1")),
      quiet(),
      night((scene) => scene.pushSigned("v1.0.2"), "recovered never-signed -"),
      night((scene) => scene.push("v1.0.3"), "alert release-unsigned v1.0.3"),
      night(NOTHING),
    ],
    ["open release-unsigned v1.0.3"],
  ),
};
