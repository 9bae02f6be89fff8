import { STRANGER } from "./scene.ts";
import { night, on, quiet, signed, timeline, type Timeline } from "./timeline.ts";

const HIGH = Array.from({ length: 50 }, (_, n) => `v99.0.${n}`);

/** What happens to the digests that tags name. */
export const MOVES: Readonly<Record<string, Timeline>> = {
  "a version tag that is pushed over with a bare image is an alert until it is signed": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.push("v1.0.1", "pushed over"), "alert tag-moved v1.0.1"),
    quiet(2),
    night((scene) => scene.sign("v1.0.1"), "recovered tag-moved v1.0.1"),
    quiet(2),
  ]),

  "a version tag that moves to a newer signed image is a notice, which ends by itself after 30 days": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.pushSigned("v1.0.1", { seed: "pushed over" }), "notice tag-moved v1.0.1"),
    quiet(2),
    on(
      31,
      night(() => undefined),
    ),
    on(
      32,
      night(() => undefined),
    ),
  ]),

  "a version tag that goes back to the image that it left is told as over": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.push("v1.0.1", "pushed over"), "alert tag-moved v1.0.1"),
    quiet(),
    night((scene) => scene.pushSigned("v1.0.1"), "recovered tag-moved v1.0.1"),
    quiet(),
  ]),

  "a move to a signed image that was acknowledged is the rule: the way back is told as rolled back": timeline(
    [
      signed("v1.0.0", "v1.0.1"),
      night((scene) => scene.pushSigned("v1.0.1", { seed: "rebuilt" }), "notice tag-moved v1.0.1"),
      night((scene) => scene.acknowledge("tag-moved", 9, 2)),
      quiet(),
      night((scene) => scene.push("v1.0.1"), "alert tag-rolled-back v1.0.1"),
      quiet(),
      night((scene) => scene.push("v1.0.1", "rebuilt"), "notice tag-moved v1.0.1"),
    ],
    ["open tag-moved v1.0.1"],
  ),

  "a move to a signed image that is a month old is the rule, too": timeline(
    [
      signed("v1.0.0", "v1.0.1"),
      night((scene) => scene.pushSigned("v1.0.1", { seed: "rebuilt" }), "notice tag-moved v1.0.1"),
      on(
        33,
        night(() => undefined),
      ),
      night((scene) => scene.push("v1.0.1"), "alert tag-rolled-back v1.0.1"),
      quiet(),
    ],
    ["open tag-rolled-back v1.0.1"],
  ),

  "the way back is told as rolled back also where the image between lost its signature": timeline(
    [
      signed("v1.0.0", "v1.0.1"),
      night((scene) => scene.pushSigned("v1.0.1", { seed: "rebuilt" }), "notice tag-moved v1.0.1"),
      night((scene) => scene.acknowledge("tag-moved", 9, 2)),
      night((scene) => scene.deleteSignature("v1.0.1"), "alert signature-deleted v1.0.1"),
      night((scene) => scene.push("v1.0.1"), "alert tag-rolled-back v1.0.1", "recovered signature-deleted v1.0.1"),
      quiet(),
    ],
    ["open tag-rolled-back v1.0.1"],
  ),

  "a move that is still open is over by the way back also where the image between lost its signature": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.pushSigned("v1.0.1", { seed: "rebuilt" }), "notice tag-moved v1.0.1"),
    night((scene) => scene.deleteSignature("v1.0.1"), "alert signature-deleted v1.0.1"),
    night((scene) => scene.push("v1.0.1"), "recovered signature-deleted v1.0.1", "recovered tag-moved v1.0.1"),
    quiet(),
  ]),

  "a move to a signed image that is undone at once is over": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.pushSigned("v1.0.1", { seed: "rebuilt" }), "notice tag-moved v1.0.1"),
    night((scene) => scene.push("v1.0.1"), "recovered tag-moved v1.0.1"),
    quiet(),
  ]),

  "a version tag that moves every night is told with every image": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.pushSigned("v1.0.0", { seed: "b" }), "notice tag-moved v1.0.0"),
      night((scene) => scene.pushSigned("v1.0.0", { seed: "c" }), "notice tag-moved v1.0.0"),
      night((scene) => scene.push("v1.0.0", "d"), "alert tag-moved v1.0.0"),
      night((scene) => scene.push("v1.0.0", "e"), "alert tag-moved v1.0.0"),
      quiet(),
    ],
    ["open tag-moved v1.0.0"],
  ),

  "a version tag that goes back to the image of an earlier version is rolled back, signed or not": timeline(
    [
      night((scene) => {
        scene.push("v1.0.0");
        scene.pushSigned("v1.1.0");
        scene.pushSigned("v1.2.0");
        scene.pushSigned("v1.3.0");
      }, "baseline"),
      night(
        (scene) => {
          scene.point("v1.2.0", "v1.1.0");
          scene.point("v1.3.0", "v1.0.0");
        },
        "alert tag-rolled-back v1.2.0",
        "alert tag-rolled-back v1.3.0",
      ),
      quiet(2),
      // Signing the old image does not make the rollback undone.
      night((scene) => scene.sign("v1.0.0"), "recovered tag-rolled-back v1.3.0"),
    ],
    ["open tag-rolled-back v1.2.0"],
  ),

  "a stranger's image under a version tag is told as moved, the first row that matches": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.push("v1.0.0", "evil");
        scene.sign("v1.0.0", STRANGER);
      }, "alert tag-moved v1.0.0"),
      quiet(2),
    ],
    ["open tag-moved v1.0.0"],
  ),

  "a moving tag that goes forward to signed releases is normal": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.point("latest", "v1.0.0");
      scene.point("v1", "v1.0.0");
    }, "baseline"),
    night((scene) => {
      scene.pushSigned("v1.1.0");
      scene.point("latest", "v1.1.0");
      scene.point("v1", "v1.1.0");
    }),
    night((scene) => {
      scene.pushSigned("v1.2.0");
      scene.point("latest", "v1.2.0");
    }),
    quiet(2),
  ]),

  "a moving tag that goes back to an older release is told, and its return as over": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.pushSigned("v1.1.0");
      scene.point("latest", "v1.1.0");
    }, "baseline"),
    night((scene) => scene.point("latest", "v1.0.0"), "alert tag-rolled-back latest"),
    quiet(2),
    night((scene) => scene.point("latest", "v1.1.0"), "recovered tag-rolled-back latest"),
    quiet(2),
  ]),

  "a moving tag on a bare image that no version names is told as moved, once an image": timeline(
    [
      night((scene) => {
        scene.pushSigned("v1.0.0");
        scene.point("latest", "v1.0.0");
      }, "baseline"),
      night((scene) => scene.push("latest", "one"), "alert tag-moved latest"),
      quiet(2),
      night((scene) => scene.push("latest", "two"), "alert tag-moved latest"),
      quiet(),
    ],
    ["open tag-moved latest"],
  ),

  "a moving tag that follows a bare release is told with it, as bare": timeline([
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
    quiet(),
    night((scene) => scene.sign("v1.1.0"), "recovered release-unsigned v1.1.0", "recovered release-unsigned latest"),
    quiet(),
  ]),

  "a moving tag that is pushed every night and signed the next day is silent under grace": timeline([
    night((scene) => {
      scene.watch({ graceSeconds: 36 * 3600 });
      scene.pushSigned("v1.0.0");
      scene.pushSigned("latest", { seed: "0" });
    }, "baseline"),
    night((scene) => scene.push("latest", "1")),
    ...[2, 3, 4, 5].map((n) =>
      night((scene) => {
        scene.sign("latest");
        scene.push("latest", String(n));
      }),
    ),
    quiet(),
    // Two days without a signature are past every grace.
    night(() => undefined, "alert tag-moved latest"),
    night((scene) => scene.sign("latest"), "recovered tag-moved latest"),
    quiet(),
  ]),

  "fifty high versions on an old image are told as reused, and hide no rollback to it": timeline(
    [
      night((scene) => {
        for (const tag of ["v1.0.0", "v1.1.0", "v1.2.0"]) scene.pushSigned(tag);
        scene.point("latest", "v1.2.0");
      }, "baseline"),
      night(
        (scene) => {
          for (const tag of HIGH) scene.point(tag, "v1.0.0");
        },
        ...HIGH.map((tag) => `warning release-reused ${tag}`),
      ),
      quiet(),
      night(
        (scene) => {
          scene.point("latest", "v1.0.0");
          scene.point("v1.2.0", "v1.0.0");
        },
        "alert tag-rolled-back latest",
        "alert tag-rolled-back v1.2.0",
      ),
      night((scene) => scene.pushSigned("v1.3.0")),
      quiet(),
    ],
    [...HIGH.map((tag) => `open release-reused ${tag}`), "open tag-rolled-back latest", "open tag-rolled-back v1.2.0"],
  ),

  "high versions on an old image in the very night of the rollback do not hide it": timeline(
    [
      night((scene) => {
        for (const tag of ["v1.0.0", "v1.1.0"]) scene.pushSigned(tag);
        scene.point("latest", "v1.1.0");
      }, "baseline"),
      night(
        (scene) => {
          scene.point("v99.0.0", "v1.0.0");
          scene.point("latest", "v1.0.0");
        },
        "warning release-reused v99.0.0",
        "alert tag-rolled-back latest",
      ),
      quiet(),
    ],
    ["open release-reused v99.0.0", "open tag-rolled-back latest"],
  ),

  "a release candidate that becomes the release is its version from then on": timeline(
    [
      night((scene) => {
        for (const tag of ["v1.0.0", "v1.1.0-rc.1", "v1.1.0-rc.2"]) scene.pushSigned(tag);
        scene.point("latest", "v1.1.0-rc.2");
      }, "baseline"),
      night((scene) => {
        scene.point("v1.1.0", "v1.1.0-rc.1");
        scene.point("latest", "v1.1.0");
      }, "warning release-reused v1.1.0"),
      quiet(),
    ],
    ["open release-reused v1.1.0"],
  ),

  "a new version on a known image is told as reused": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => scene.point("v1.2.0", "v1.0.0"), "warning release-reused v1.2.0"),
      quiet(2),
      // The same version under two names is no second release.
      night((scene) => scene.point("1.1.0", "v1.1.0")),
      quiet(),
    ],
    ["open release-reused v1.2.0"],
  ),
};
