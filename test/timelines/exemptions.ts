import { nightAt } from "../audit/night.ts";
import { STRANGER } from "./scene.ts";
import { night, on, quiet, timeline, type Night, type Timeline } from "./timeline.ts";

/** Bare releases of 1.x are there when an exemption for them begins, which ends with so many nights. */
function exempted(lastNight: number): Night {
  return night((scene) => {
    scene.exempt(["v1.*"], lastNight);
    scene.push("v1.0.0");
    scene.pushSigned("v1.1.0");
    scene.pushSigned("v2.0.0");
  }, "baseline");
}

/** The warning that something is exempt now, or for longer. */
function exemptionTold(tags: string, lastNight: number, longer = ""): string {
  return `warning policy-changed -: 0 flips, REGISTRY/app: ${tags} exempt${longer} until ${new Date(nightAt(lastNight)).toISOString().slice(0, 10)}`;
}

const NOTHING = (): void => undefined;

/** What exemptions and `signedSince` cover, and what they do not. */
export const EXEMPTIONS: Readonly<Record<string, Timeline>> = {
  "an exemption is told a week before it ends, and what is still bare when it has ended": timeline(
    [
      exempted(9),
      quiet(),
      night(NOTHING, "notice exemption-ending -"),
      quiet(7),
      on(10, night(NOTHING, "alert release-unsigned v1.0.0")),
      quiet(2),
    ],
    ["open release-unsigned v1.0.0"],
  ),

  "an exemption after another has ended is a new decision about what is there then": timeline(
    [
      exempted(9),
      night((scene) => scene.push("v1.2.0"), "alert release-unsigned v1.2.0"),
      night(NOTHING, "notice exemption-ending -"),
      on(10, night(NOTHING, "alert release-unsigned v1.0.0")),
      night((scene) => scene.exempt(["v1.*"], 90), exemptionTold("v1.*", 90, " for longer,")),
      quiet(),
    ],
    ["open policy-changed -"],
  ),

  "an exemption that ends for releases that were signed meanwhile ends in silence": timeline([
    exempted(9),
    night((scene) => scene.sign("v1.0.0")),
    on(3, night(NOTHING, "notice exemption-ending -")),
    quiet(8),
  ]),

  "an exemption that is extended takes its notice back, and is told as longer": timeline(
    [
      exempted(9),
      on(3, night(NOTHING, "notice exemption-ending -")),
      night(
        (scene) => {
          scene.list = { ...scene.list, exemptions: [] };
          scene.exempt(["v1.*"], 100);
        },
        exemptionTold("v1.*", 100, " for longer,"),
      ),
      quiet(8),
    ],
    ["open policy-changed -"],
  ),

  "an exemption for an open finding withdraws it, and is told": timeline(
    [
      night((scene) => scene.pushSigned("v2.0.0"), "baseline"),
      night((scene) => scene.push("v1.0.0"), "alert release-unsigned v1.0.0"),
      night((scene) => scene.exempt(["v1.*"], 100), exemptionTold("v1.*", 100)),
      quiet(2),
      night((scene) => scene.sign("v1.0.0")),
      quiet(),
    ],
    ["open policy-changed -"],
  ),

  "an exemption that appears the night that a bare release appears does not cover it, then or later": timeline(
    [
      night((scene) => {
        scene.push("v1.0.0");
        scene.pushSigned("v1.1.0");
      }, "baseline"),
      night(
        (scene) => {
          scene.exempt(["v1.*"], 100);
          scene.push("v1.2.0");
        },
        exemptionTold("v1.*", 100),
        "alert release-unsigned v1.2.0",
      ),
      quiet(2),
    ],
    ["open policy-changed -", "open release-unsigned v1.2.0"],
  ),

  "an exemption covers nothing that is pushed later under its tags": timeline(
    [exempted(100), night((scene) => scene.push("v1.2.0"), "alert release-unsigned v1.2.0"), quiet()],
    ["open release-unsigned v1.2.0"],
  ),

  "an exemption covers no move, no rollback, no stranger and no deleted signature": timeline(
    [
      night((scene) => {
        scene.exempt(["*"], 100);
        for (const tag of ["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "v2.0.0"]) scene.pushSigned(tag);
        scene.push("v1.4.0");
      }, "baseline"),
      night(
        (scene) => {
          scene.push("v1.0.0", "pushed over");
          scene.point("v1.2.0", "v1.1.0");
          scene.deleteSignature("v1.3.0");
          scene.sign("v1.4.0", STRANGER);
        },
        "alert tag-moved v1.0.0",
        "alert tag-rolled-back v1.2.0",
        "alert signature-deleted v1.3.0",
        "alert unexpected-signer v1.4.0",
      ),
      quiet(2),
    ],
    ["open tag-moved v1.0.0", "open tag-rolled-back v1.2.0", "open signature-deleted v1.3.0", "open unexpected-signer v1.4.0"],
  ),

  "a bare version below signedSince that is pushed later is told, those of the first night are not": timeline(
    [
      night((scene) => {
        scene.watch({ signedSince: "v1.4.0" });
        scene.push("v1.2.0");
        scene.push("v1.3.0");
        scene.pushSigned("v1.4.0");
      }, "baseline"),
      quiet(),
      night((scene) => scene.push("v1.3.99"), "alert release-unsigned v1.3.99"),
      quiet(),
    ],
    ["open release-unsigned v1.3.99"],
  ),

  "a version below signedSince that moves to another bare image is told as moved": timeline(
    [
      night((scene) => {
        scene.watch({ signedSince: "v1.4.0" });
        scene.push("v1.3.0");
        scene.pushSigned("v1.4.0");
      }, "baseline"),
      night((scene) => scene.push("v1.3.0", "pushed over"), "alert tag-moved v1.3.0"),
      quiet(),
    ],
    ["open tag-moved v1.3.0"],
  ),

  "a higher signedSince is told as looser, covers what was there before, and nothing that is pushed later": timeline(
    [
      night((scene) => {
        scene.watch({ signedSince: "v1.2.0" });
        scene.push("v1.1.0");
        scene.pushSigned("v1.2.0");
      }, "baseline"),
      night((scene) => scene.push("v1.3.0"), "alert release-unsigned v1.3.0"),
      night(
        (scene) => scene.watch({ signedSince: "v1.4.0" }),
        "warning policy-changed -: 0 flips, REGISTRY/app: signedSince v1.2.0 is now v1.4.0",
      ),
      night((scene) => scene.push("v1.3.1"), "alert release-unsigned v1.3.1"),
      quiet(),
    ],
    ["open policy-changed -", "open release-unsigned v1.3.1"],
  ),

  "a moving tag that goes back to an exempt bare release is told as rolled back": timeline([
    night((scene) => {
      scene.watch({ signedSince: "v1.4.0" });
      scene.push("v1.3.0");
      scene.pushSigned("v1.4.0");
      scene.point("latest", "v1.4.0");
    }, "baseline"),
    night((scene) => scene.point("latest", "v1.3.0"), "alert tag-rolled-back latest"),
    quiet(2),
    night((scene) => scene.point("latest", "v1.4.0"), "recovered tag-rolled-back latest"),
  ]),

  "a signature that is lost within the grace of a new release is told at once": timeline(
    [
      night((scene) => {
        scene.watch({ graceSeconds: 72 * 3600 });
        scene.pushSigned("v1.0.0");
      }, "baseline"),
      night((scene) => scene.pushSigned("v1.1.0")),
      night((scene) => scene.deleteSignature("v1.1.0"), "alert signature-deleted v1.1.0"),
      quiet(3),
    ],
    ["open signature-deleted v1.1.0"],
  ),

  "a new release under grace is silent until it is over, with every tag that names it": timeline(
    [
      night((scene) => {
        scene.watch({ graceSeconds: 36 * 3600 });
        scene.pushSigned("v1.0.0");
        scene.point("latest", "v1.0.0");
      }, "baseline"),
      night((scene) => {
        scene.push("v1.1.0");
        scene.point("latest", "v1.1.0");
      }),
      quiet(),
      night(() => undefined, "alert release-unsigned v1.1.0", "alert release-unsigned latest"),
      quiet(),
    ],
    ["open release-unsigned v1.1.0", "open release-unsigned latest"],
  ),
};
