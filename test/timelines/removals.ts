import { night, on, quiet, signed, timeline, type Timeline } from "./timeline.ts";

/** What happens to tags that go, and come back. */
export const REMOVALS: Readonly<Record<string, Timeline>> = {
  "a tag that was deleted and comes back at an older image is told as rolled back": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => scene.remove("v1.1.0")),
      quiet(2),
      night((scene) => scene.point("v1.1.0", "v1.0.0"), "alert tag-rolled-back v1.1.0"),
      quiet(2),
    ],
    ["open tag-rolled-back v1.1.0"],
  ),

  "a tag that was deleted and comes back at its image is silent": timeline([
    signed("v1.0.0", "v1.1.0"),
    night((scene) => scene.remove("v1.1.0")),
    quiet(2),
    night((scene) => scene.pushSigned("v1.1.0")),
    quiet(2),
  ]),

  "a tag that was deleted and comes back at another image is told as moved": timeline(
    [
      signed("v1.0.0", "v1.1.0", "v1.2.0"),
      night((scene) => scene.remove("v1.1.0", "v1.2.0")),
      quiet(),
      night(
        (scene) => {
          scene.pushSigned("v1.1.0", { seed: "signed again" });
          scene.push("v1.2.0", "bare");
        },
        "notice tag-moved v1.1.0",
        "alert tag-moved v1.2.0",
      ),
      quiet(2),
    ],
    ["open tag-moved v1.1.0", "open tag-moved v1.2.0"],
  ),

  "a finding of a release that is gone for 30 days is withdrawn without a word": timeline([
    signed("v1.0.0"),
    night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
    night((scene) => scene.remove("v1.0.1")),
    quiet(2),
    on(
      32,
      night(() => undefined),
    ),
    on(
      33,
      night(() => undefined),
    ),
    quiet(),
  ]),

  "a bare release that comes back after its finding was withdrawn is told again": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      night((scene) => scene.remove("v1.0.1")),
      on(
        33,
        night(() => undefined),
      ),
      on(
        40,
        night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      ),
      quiet(2),
    ],
    ["open release-unsigned v1.0.1"],
  ),

  "a bare release that comes back within a month keeps its finding": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      night((scene) => scene.remove("v1.0.1")),
      on(
        20,
        night((scene) => scene.push("v1.0.1")),
      ),
      on(
        40,
        night(() => undefined),
      ),
    ],
    ["open release-unsigned v1.0.1"],
  ),
};
