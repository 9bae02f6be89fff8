import { keySigner, RELEASE, SECOND, STRANGER } from "./scene.ts";
import { night, on, quiet, signed, timeline, type Timeline } from "./timeline.ts";

const TAGS = Array.from({ length: 12 }, (_, n) => `v1.0.${n}`);
const NOTHING = (): void => undefined;

/** Several things at once, or one after the other on the same release. */
export const COMBINATIONS: Readonly<Record<string, Timeline>> = {
  "a signature that is lost after a move to a signed image is told beside the move, and so is its return": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.pushSigned("v1.0.0", { seed: "b" }), "notice tag-moved v1.0.0"),
      night((scene) => scene.deleteSignature("v1.0.0"), "alert signature-deleted v1.0.0"),
      quiet(),
      night((scene) => scene.sign("v1.0.0"), "recovered signature-deleted v1.0.0"),
      quiet(),
    ],
    ["open tag-moved v1.0.0"],
  ),

  "a signature that is lost and a tag that moves in one outage are told as the move": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => {
        scene.deleteSignature("v1.1.0");
        scene.push("v1.1.0", "b");
        scene.fail("503");
      }),
      night((scene) => scene.heal(), "alert tag-moved v1.1.0"),
      quiet(),
    ],
    ["open tag-moved v1.1.0"],
  ),

  "a storm, a looser watch list, a move and a bare release in one night are told each for itself": timeline(
    [
      signed(...TAGS, "v2.0.0"),
      night(
        (scene) => {
          scene.detachSignature(...TAGS);
          scene.push("v2.0.0", "pushed over");
          scene.push("v3.0.0");
          scene.policy({ signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
        },
        "storm",
        ...TAGS.map((tag) => `alert signature-detached ${tag}`),
        "alert tag-moved v2.0.0",
        "alert release-unsigned v3.0.0",
        "warning policy-changed -: 0 flips, signer second added",
      ),
      quiet(),
    ],
    [
      ...TAGS.map((tag) => `open signature-detached ${tag}`),
      "open tag-moved v2.0.0",
      "open release-unsigned v3.0.0",
      "open policy-changed -",
    ],
  ),

  "signatures that are lost together with the key that made them are told, and the others counted as flips": timeline(
    [
      signed(...TAGS),
      night(
        (scene) => {
          scene.policy({ signers: [keySigner("new", SECOND)] });
          for (const tag of TAGS.slice(0, 3)) scene.deleteSignature(tag);
        },
        "warning policy-changed -: 9 flips, signer new added",
        ...TAGS.slice(0, 3).map((tag) => `alert signature-deleted ${tag}`),
      ),
      quiet(2),
    ],
    ["open policy-changed -", ...TAGS.slice(0, 3).map((tag) => `open signature-deleted ${tag}`)],
  ),

  "a detached signature in the night of another policy is told, too": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night(
        (scene) => {
          scene.policy({ signers: [keySigner("new", SECOND)] });
          scene.detachSignature("v1.1.0");
        },
        "warning policy-changed -: 1 flips, signer new added",
        "alert signature-detached v1.1.0",
      ),
      quiet(2),
    ],
    ["open policy-changed -", "open signature-detached v1.1.0"],
  ),

  "a release that is served bare under three tags is three findings, which end together": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.point("latest", "v1.0.0");
      scene.point("v1", "v1.0.0");
    }, "baseline"),
    night(
      (scene) => {
        scene.push("v1.1.0");
        scene.point("latest", "v1.1.0");
        scene.point("v1", "v1.1.0");
      },
      "alert release-unsigned v1.1.0",
      "alert release-unsigned latest",
      "alert release-unsigned v1",
    ),
    night((scene) => scene.fail("500", { kind: "tags" })),
    night(
      (scene) => {
        scene.heal();
        scene.sign("v1.1.0");
      },
      "recovered release-unsigned v1.1.0",
      "recovered release-unsigned latest",
      "recovered release-unsigned v1",
    ),
    quiet(),
  ]),

  "a moving tag that leaves a bare release for a signed one is told as recovered": timeline(
    [
      night((scene) => {
        scene.pushSigned("v1.0.0");
        scene.point("latest", "v1.0.0");
      }, "baseline"),
      night(
        (scene) => {
          scene.push("v1.1.0");
          scene.point("latest", "v1.1.0");
        },
        "alert release-unsigned v1.1.0",
        "alert release-unsigned latest",
      ),
      night((scene) => {
        scene.pushSigned("v1.2.0");
        scene.point("latest", "v1.2.0");
      }, "recovered release-unsigned latest"),
      quiet(),
    ],
    ["open release-unsigned v1.1.0"],
  ),

  "a new release whose first nights are unknown is told by its first answer": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.push("v1.1.0");
        const path = scene.signatureTag("v1.1.0");
        scene.fail("500", (request) => request.path.includes(path));
      }),
      quiet(),
      night((scene) => scene.heal(), "alert release-unsigned v1.1.0"),
      quiet(),
    ],
    ["open release-unsigned v1.1.0"],
  ),

  "a release of the first night that was unknown then is taken as it is by its first answer": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.push("v1.1.0");
      const path = scene.signatureTag("v1.1.0");
      scene.fail("500", (request) => request.path.includes(path));
    }, "baseline"),
    night((scene) => scene.heal()),
    quiet(2),
    night((scene) => scene.sign("v1.1.0")),
    night((scene) => scene.detachSignature("v1.1.0"), "alert signature-detached v1.1.0"),
    night((scene) => scene.sign("v1.1.0"), "recovered signature-detached v1.1.0"),
  ]),

  "an open finding survives another policy that changes nothing of it": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.1.0"), "alert release-unsigned v1.1.0"),
      night((scene) => scene.policy({ signers: [keySigner("new", SECOND)] }), "warning policy-changed -: 1 flips, signer new added"),
      quiet(),
      night((scene) => scene.sign("v1.1.0", SECOND), "recovered release-unsigned v1.1.0"),
      quiet(),
    ],
    ["open policy-changed -"],
  ),

  "a stranger's signature beside the release's own is silent, and told when it is all that is left": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => scene.signAsReferrer("v1.1.0", STRANGER)),
      quiet(),
      night((scene) => scene.deleteSignature("v1.1.0"), "alert signature-deleted v1.1.0"),
      quiet(),
    ],
    ["open signature-deleted v1.1.0"],
  ),

  "an acknowledged loss that comes back signed and is lost again is told again": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => scene.detachSignature("v1.1.0"), "alert signature-detached v1.1.0"),
      night((scene) => scene.acknowledge("signature-detached", 30, 2)),
      night((scene) => scene.sign("v1.1.0"), "recovered signature-detached v1.1.0"),
      night((scene) => scene.detachSignature("v1.1.0"), "alert signature-detached v1.1.0"),
      quiet(),
    ],
    ["open signature-detached v1.1.0"],
  ),

  "a repository that starts with no release has a baseline, and tells its first bare one": timeline(
    [
      night((scene) => scene.registry.store.createRepository("app"), "baseline", "warning nothing-watched -"),
      night((scene) => scene.push("v1.0.0"), "recovered nothing-watched -", "alert release-unsigned v1.0.0"),
      quiet(),
    ],
    ["open release-unsigned v1.0.0"],
  ),

  "a rollback that nobody undoes is closed after 30 days, and told again when it happens again": timeline(
    [
      night((scene) => {
        scene.pushSigned("v1.0.0");
        scene.pushSigned("v1.1.0");
        scene.point("latest", "v1.1.0");
      }, "baseline"),
      night((scene) => scene.point("latest", "v1.0.0"), "alert tag-rolled-back latest"),
      on(31, night(NOTHING)),
      on(32, night(NOTHING)),
      on(
        40,
        night((scene) => scene.point("latest", "v1.1.0")),
      ),
      on(
        41,
        night((scene) => scene.point("latest", "v1.0.0"), "alert tag-rolled-back latest"),
      ),
    ],
    ["open tag-rolled-back latest"],
  ),

  "a new moving tag is told where its image is bare, and silent on a signed one": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.point("v1", "v1.0.0");
        scene.push("stable", "of no version");
      }, "alert release-unsigned stable"),
      quiet(),
    ],
    ["open release-unsigned stable"],
  ),

  "a storm that could not be read again and another policy on the next night lose nothing": timeline(
    [
      signed(...TAGS),
      {
        ...night((scene) => scene.detachSignature(...TAGS), "storm"),
        meanwhile: (scene) => scene.fail("503", { kind: "referrers" }),
      },
      night(
        (scene) => {
          scene.heal();
          scene.policy({ signers: [keySigner("new", SECOND)] });
        },
        "warning policy-changed -: 0 flips, signer new added",
        ...TAGS.map((tag) => `alert signature-detached ${tag}`),
      ),
      quiet(),
    ],
    ["open policy-changed -", ...TAGS.map((tag) => `open signature-detached ${tag}`)],
  ),

  "a storm whose releases are gone before they can be read again is told as it was seen": timeline(
    [
      signed(...TAGS, "v2.0.0"),
      {
        ...night((scene) => scene.detachSignature(...TAGS), "storm"),
        meanwhile: (scene) => scene.fail("503", { kind: "referrers" }),
      },
      night(
        (scene) => {
          scene.heal();
          scene.remove(...TAGS);
        },
        "alert coverage-lost -",
        ...TAGS.map((tag) => `alert signature-detached ${tag}`),
      ),
      quiet(),
    ],
    ["open coverage-lost -", ...TAGS.map((tag) => `open signature-detached ${tag}`)],
  ),
};
