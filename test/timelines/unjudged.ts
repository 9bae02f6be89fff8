import { night, quiet, signed, timeline, type Timeline } from "./timeline.ts";
import { darken } from "./unread.ts";

const NOTHING = (): void => undefined;
const HOURS = 3600;

/** What people are told of images that go before anybody could judge them, and how long a name may be bare. */
export const UNJUDGED: Readonly<Record<string, Timeline>> = {
  "a new release that goes before anybody could judge it is told when it goes": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.push("v1.0.1");
        darken(scene, "v1.0.1");
      }),
      night((scene) => scene.remove("v1.0.1"), "alert never-judged v1.0.1"),
      quiet(2),
    ],
    ["open never-judged v1.0.1"],
  ),

  "a bare release every day under grace, with yesterday's removed, is told every day": timeline(
    [
      night((scene) => {
        scene.watch({ graceSeconds: 36 * HOURS });
        scene.pushSigned("v1.0.0");
      }, "baseline"),
      night((scene) => scene.push("v1.0.1")),
      ...[2, 3, 4].map((n) =>
        night(
          (scene) => {
            scene.remove(`v1.0.${n - 1}`);
            scene.push(`v1.0.${n}`);
          },
          `alert never-judged v1.0.${n - 1}`,
        ),
      ),
    ],
    ["open never-judged v1.0.1", "open never-judged v1.0.2", "open never-judged v1.0.3"],
  ),

  "a bare image under another name every day has grace from its first sight, and not from each name's": timeline(
    [
      night((scene) => {
        scene.watch({ graceSeconds: 36 * HOURS });
        scene.pushSigned("v1.0.0");
      }, "baseline"),
      night((scene) => scene.push("v1.0.1")),
      night((scene) => {
        scene.point("v1.0.2", "v1.0.1");
        scene.remove("v1.0.1");
      }),
      night((scene) => {
        scene.point("v1.0.3", "v1.0.2");
        scene.remove("v1.0.2");
      }, "alert release-unsigned v1.0.3"),
    ],
    ["open release-unsigned v1.0.3"],
  ),

  "an image that nobody can read under another name every day is told by each name": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.push("v1.0.1");
        darken(scene, "v1.0.1");
      }),
      night((scene) => {
        scene.point("v1.0.2", "v1.0.1");
        scene.remove("v1.0.1");
      }, "alert never-judged v1.0.1"),
    ],
    ["open never-judged v1.0.1"],
  ),

  "another name for an old image takes no place among the newest": timeline(
    [
      night((scene) => {
        scene.watch({ tags: { include: null, exclude: [], semver: null, newest: 2, moving: null } });
        scene.pushSigned("v1.0.0");
        scene.pushSigned("v1.1.0");
      }, "baseline"),
      night(
        (scene) => {
          scene.point("v9.0.0", "v1.0.0");
          scene.point("v9.0.1", "v1.1.0");
          scene.push("v1.2.0");
        },
        "warning release-reused v9.0.0",
        "warning release-reused v9.0.1",
        "alert release-unsigned v1.2.0",
      ),
      night((scene) => scene.push("v1.3.0"), "alert release-unsigned v1.3.0"),
    ],
    ["open release-reused v9.0.0", "open release-reused v9.0.1", "open release-unsigned v1.2.0", "open release-unsigned v1.3.0"],
  ),

  "a release that goes unjudged and proves to be signed is silent": timeline([
    signed("v1.0.0"),
    night((scene) => {
      scene.pushSigned("v1.0.1");
      darken(scene, "v1.0.1");
    }),
    night((scene) => {
      scene.heal();
      scene.remove("v1.0.1");
    }),
    quiet(),
  ]),

  "a moving tag with another bare image every day is told within its grace": timeline(
    [
      night((scene) => {
        scene.watch({ graceSeconds: 36 * HOURS });
        scene.pushSigned("v1.0.0");
        scene.pushSigned("latest", { seed: "0" });
      }, "baseline"),
      night((scene) => scene.push("latest", "1")),
      night((scene) => scene.push("latest", "2"), "alert never-judged latest"),
      night((scene) => scene.push("latest", "3"), "alert never-judged latest", "alert tag-moved latest"),
      night((scene) => scene.push("latest", "4"), "alert tag-moved latest"),
    ],
    ["open never-judged latest", "open never-judged latest", "open tag-moved latest"],
  ),

  "a new version whose bare image is swapped within grace is told as moved, and has no more grace by that": timeline(
    [
      night((scene) => {
        scene.watch({ graceSeconds: 36 * HOURS });
        scene.pushSigned("v1.0.0");
      }, "baseline"),
      night((scene) => scene.push("v1.0.1", "one")),
      night((scene) => scene.push("v1.0.1", "two"), "alert never-judged v1.0.1", "alert tag-moved v1.0.1"),
      { ...night(NOTHING), live: ["open never-judged v1.0.1", "open tag-moved v1.0.1"] },
      night((scene) => scene.sign("v1.0.1"), "recovered tag-moved v1.0.1"),
    ],
    ["open never-judged v1.0.1"],
  ),
};
