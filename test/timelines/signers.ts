import { keySigner, RELEASE, SECOND, type Scene } from "./scene.ts";
import { night, quiet, timeline, type Night, type Timeline } from "./timeline.ts";

const VERSIONS = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => `v1.${from + n}.0`);

/** The policy believes two keys; these releases are there, signed by the first. */
function twoKeys(...tags: readonly string[]): Night {
  return night((scene) => {
    scene.policy({ signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
    for (const tag of tags) scene.pushSigned(tag);
  }, "baseline");
}

const pushAll = (scene: Scene, tags: readonly string[], key = RELEASE): void => {
  for (const tag of tags) scene.pushSigned(tag, { key });
};

/** Who signs, and where signatures are. */
export const SIGNERS: Readonly<Record<string, Timeline>> = {
  "another signer of the policy is a warning once": timeline(
    [
      twoKeys("v1.0.0", "v1.1.0"),
      night((scene) => pushAll(scene, ["v1.2.0"], SECOND), "warning signer-changed v1.2.0"),
      night((scene) => pushAll(scene, ["v1.3.0"], SECOND)),
      night((scene) => pushAll(scene, ["v1.4.0"], SECOND)),
      quiet(),
    ],
    ["open signer-changed v1.2.0"],
  ),

  "two releases of a new signer in one night are one warning": timeline(
    [twoKeys("v1.0.0", "v1.1.0"), night((scene) => pushAll(scene, ["v1.2.0", "v1.3.0"], SECOND), "warning signer-changed v1.2.0"), quiet()],
    ["open signer-changed v1.2.0"],
  ),

  "a signer that the last five releases used is no news, one that they did not use returns as an alert": timeline(
    [
      twoKeys("v1.0.0"),
      night((scene) => pushAll(scene, ["v1.1.0"], SECOND), "warning signer-changed v1.1.0"),
      night((scene) => pushAll(scene, ["v1.2.0", "v1.3.0"], SECOND)),
      night((scene) => pushAll(scene, ["v1.4.0"])),
      night((scene) => pushAll(scene, VERSIONS(5, 6), SECOND)),
      night((scene) => pushAll(scene, ["v1.11.0"]), "alert signer-changed v1.11.0"),
      quiet(),
    ],
    ["open signer-changed v1.1.0", "open signer-changed v1.11.0"],
  ),

  "another signer of a release that was bare at first is told with its recovery": timeline(
    [
      twoKeys("v1.0.0", "v1.1.0"),
      night((scene) => scene.push("v1.2.0"), "alert release-unsigned v1.2.0"),
      night((scene) => scene.sign("v1.2.0", SECOND), "recovered release-unsigned v1.2.0", "warning signer-changed v1.2.0"),
      night((scene) => pushAll(scene, ["v1.3.0"], SECOND)),
      quiet(),
    ],
    ["open signer-changed v1.2.0"],
  ),

  "releases of long ago that are signed one after the other by another signer are at most one warning": timeline([
    night((scene) => {
      scene.policy({ signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
      for (const tag of VERSIONS(0, 8)) scene.push(tag);
      pushAll(scene, VERSIONS(8, 6));
    }, "baseline"),
    night((scene) => scene.sign("v1.0.0", SECOND)),
    night((scene) => scene.sign("v1.1.0", SECOND)),
    night((scene) => scene.sign("v1.2.0", SECOND)),
    night((scene) => pushAll(scene, ["v1.20.0"])),
    quiet(),
  ]),

  "a signer that only gets another name is silent, also with a new release that night": timeline([
    twoKeys("v1.0.0", "v1.1.0"),
    night((scene) => {
      scene.policy({ signers: [keySigner("renamed", RELEASE), keySigner("second", SECOND)] });
      pushAll(scene, ["v1.2.0"]);
    }),
    night((scene) => pushAll(scene, ["v1.3.0"])),
    quiet(),
  ]),

  "a second signature of another signer on an old release is no change of the signer": timeline([
    twoKeys("v1.0.0", "v1.1.0"),
    night((scene) => scene.sign("v1.1.0", SECOND)),
    quiet(2),
  ]),

  "signatures that come as referrers from now on are told once, not with every release": timeline(
    [
      twoKeys("v1.0.0", "v1.1.0"),
      night((scene) => {
        scene.push("v1.2.0");
        scene.signAsReferrer("v1.2.0");
      }, "warning visibility-changed -"),
      night((scene) => {
        scene.push("v1.3.0");
        scene.signAsReferrer("v1.3.0");
      }),
      quiet(2),
    ],
    ["open visibility-changed -"],
  ),

  "signatures that come in both places change nobody's view": timeline([
    twoKeys("v1.0.0"),
    night((scene) => {
      scene.pushSigned("v1.1.0");
      scene.signAsReferrer("v1.1.0");
    }),
    quiet(),
  ]),

  "a signature that was replaced by a referrer is one change of place, and no loss": timeline(
    [
      twoKeys("v1.0.0", "v1.1.0"),
      night((scene) => {
        scene.deleteSignature("v1.1.0");
        scene.signAsReferrer("v1.1.0");
      }, "warning visibility-changed -"),
      quiet(2),
    ],
    ["open visibility-changed -"],
  ),

  "a change of place that is acknowledged is over, and the way back is told as another": timeline(
    [
      twoKeys("v1.0.0"),
      night((scene) => {
        scene.push("v1.1.0");
        scene.signAsReferrer("v1.1.0");
      }, "warning visibility-changed -"),
      night((scene) => scene.acknowledge("visibility-changed", 9, 2)),
      night((scene) => pushAll(scene, ["v1.2.0"]), "warning visibility-changed -"),
      quiet(),
    ],
    ["open visibility-changed -"],
  ),
};
