import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage, buildIndex } from "../../lib/controls/image.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { keySigner, RELEASE, SECOND, STRANGER, type Scene } from "./scene.ts";
import { night, quiet, signed, timeline, type Timeline } from "./timeline.ts";

function flood(scene: Scene, tag: string): void {
  for (let n = 0; n < 70; n++) scene.signAsReferrer(tag, STRANGER, { n: String(n) });
}

/** Takes every signature away that is a referrer, or those that name this digest. */
function drain({ registry }: Scene, named = ""): void {
  for (const [digest, { bytes }] of registry.store.repository("app")!.manifests)
    if (bytes.includes("sigstore.bundle") && bytes.includes(named)) registry.store.deleteManifest("app", digest);
}

const PLATFORMS = ["amd64", "arm64"].map((architecture) => buildImage({ seed: "platform", platform: { os: "linux", architecture } }));

function pushPlatforms({ registry }: Scene, tag: string): void {
  pushArtifact(registry.store, "app", buildIndex(PLATFORMS), tag);
  for (const platform of PLATFORMS) signSimple(registry, "app", platform, RELEASE);
}

function signPlatform({ registry }: Scene): void {
  signSimple(registry, "app", PLATFORMS[1]!, RELEASE);
}

function deletePlatformSignature({ registry: { store } }: Scene): void {
  store.deleteManifest("app", store.digestOfTag("app", cosignTag(PLATFORMS[1]!.digest, ".sig"))!);
}

/** Signatures as referrers, of platforms, and too many of them. */
export const PLACES: Readonly<Record<string, Timeline>> = {
  "a flood over a bare release hides its finding, and does not end it": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.1.0"), "alert release-unsigned v1.1.0"),
      night((scene) => flood(scene, "v1.1.0"), "alert evidence-flooded v1.1.0"),
      quiet(),
      night((scene) => drain(scene), "recovered evidence-flooded v1.1.0"),
      quiet(),
    ],
    ["open release-unsigned v1.1.0"],
  ),

  "a flood that stays for a week is told as a flood only": timeline(
    [
      night((scene) => {
        scene.pushSigned("v1.0.0");
        scene.push("v1.1.0");
      }, "baseline"),
      night((scene) => flood(scene, "v1.1.0"), "alert evidence-flooded v1.1.0"),
      quiet(6),
      night((scene) => {
        scene.push("v1.2.0");
        flood(scene, "v1.2.0");
      }, "alert evidence-flooded v1.2.0"),
      quiet(4),
    ],
    ["open evidence-flooded v1.1.0", "open evidence-flooded v1.2.0"],
  ),

  "a flood of the first night is told by the name of its release after unknownFor": timeline(
    [
      night((scene) => {
        scene.pushSigned("v1.0.0");
        scene.push("v1.1.0");
        flood(scene, "v1.1.0");
      }, "baseline"),
      quiet(2),
      night(() => undefined, "alert release-unreadable v1.1.0"),
      quiet(2),
    ],
    ["open release-unreadable v1.1.0"],
  ),

  "a flooded release that is signed in the end is told as over": timeline([
    signed("v1.0.0"),
    night((scene) => {
      scene.push("v1.1.0");
      flood(scene, "v1.1.0");
    }, "alert evidence-flooded v1.1.0"),
    night((scene) => {
      drain(scene);
      scene.sign("v1.1.0");
    }, "recovered evidence-flooded v1.1.0"),
    quiet(),
  ]),

  "a signature that is lost from the referrers is told as one of a tag is": timeline([
    night((scene) => {
      for (const tag of ["v1.0.0", "v1.1.0"]) {
        scene.push(tag);
        scene.signAsReferrer(tag);
      }
    }, "baseline"),
    quiet(),
    night((scene) => drain(scene, scene.digest("v1.1.0")), "alert signature-deleted v1.1.0"),
    quiet(),
    night((scene) => scene.signAsReferrer("v1.1.0"), "recovered signature-deleted v1.1.0"),
    quiet(),
  ]),

  "the signature of one platform of a release is missed where every platform counts": timeline([
    night((scene) => {
      scene.watch({ target: "platforms" });
      pushPlatforms(scene, "v1.0.0");
    }, "baseline"),
    quiet(),
    night((scene) => deletePlatformSignature(scene), "alert signature-deleted v1.0.0"),
    quiet(),
    night((scene) => signPlatform(scene), "recovered signature-deleted v1.0.0"),
    quiet(),
  ]),

  "a release that a key signs which was removed that night is a stranger's": timeline(
    [
      signed("v1.0.0"),
      night(
        (scene) => {
          scene.policy({ signers: [keySigner("new", SECOND)] });
          scene.pushSigned("v1.1.0");
        },
        "warning policy-changed -: 1 flips, signer new added",
        "alert unexpected-signer v1.1.0",
      ),
      quiet(),
    ],
    ["open policy-changed -", "open unexpected-signer v1.1.0"],
  ),
};
