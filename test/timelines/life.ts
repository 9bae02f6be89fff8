import { night, on, quiet, signed, timeline, type Night, type Timeline } from "./timeline.ts";

const LOST = "alert signature-detached v1.0.0";
const BACK = "recovered signature-detached v1.0.0";
const lose = (...tells: string[]): Night => night((scene) => scene.detachSignature("v1.0.0"), ...tells);
const regain = (...tells: string[]): Night => night((scene) => scene.sign("v1.0.0"), ...tells);
const FLAPPING = [signed("v1.0.0", "v1.0.1"), lose(LOST), regain(BACK), lose(LOST), regain(BACK), lose(LOST)];

const TAGS = Array.from({ length: 12 }, (_, n) => `v1.0.${n}`);

/** How findings live, and what runs make of them. */
export const LIFE: Readonly<Record<string, Timeline>> = {
  "the third loss within a week flaps: silent from then on, and told once when it was good for a week": timeline([
    ...FLAPPING,
    regain(),
    lose(),
    regain(),
    quiet(7),
    night(() => undefined, BACK),
    quiet(2),
  ]),

  "what flapped and stays bad stays open without a word": timeline([...FLAPPING, quiet(12)], ["open signature-detached v1.0.0"]),

  "a tag that flips to and fro between two images is told until it flaps, and once when it is quiet": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.pushSigned("v1.1.0");
      scene.point("latest", "v1.1.0");
    }, "baseline"),
    ...[1, 2].flatMap(() => [
      night((scene) => scene.point("latest", "v1.0.0"), "alert tag-rolled-back latest"),
      night((scene) => scene.point("latest", "v1.1.0"), "recovered tag-rolled-back latest"),
    ]),
    night((scene) => scene.point("latest", "v1.0.0"), "alert tag-rolled-back latest"),
    night((scene) => scene.point("latest", "v1.1.0")),
    night((scene) => scene.point("latest", "v1.0.0")),
    night((scene) => scene.point("latest", "v1.1.0")),
    quiet(7),
    night(() => undefined, "recovered tag-rolled-back latest"),
    quiet(),
  ]),

  "three losses over two weeks are three findings": timeline([
    signed("v1.0.0", "v1.0.1"),
    lose(LOST),
    regain(BACK),
    on(6, lose(LOST)),
    regain(BACK),
    on(13, lose(LOST)),
    regain(BACK),
    quiet(),
  ]),

  "an acknowledged finding is silent until its date, then open again": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      night((scene) => scene.acknowledge("release-unsigned", 5, 2)),
      {
        ...night(() => undefined),
        live: ["acknowledged release-unsigned v1.0.1"],
      },
      quiet(3),
    ],
    ["open release-unsigned v1.0.1"],
  ),

  "an acknowledged finding that recovers is told as recovered": timeline([
    signed("v1.0.0"),
    night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
    night((scene) => scene.acknowledge("release-unsigned", 9, 2)),
    night((scene) => scene.sign("v1.0.1"), "recovered release-unsigned v1.0.1"),
    quiet(),
  ]),

  "a new fact about an acknowledged release opens anew": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      night((scene) => scene.acknowledge("release-unsigned", 9, 2)),
      night((scene) => scene.push("v1.0.1", "another image"), "alert tag-moved v1.0.1"),
      quiet(),
    ],
    ["open tag-moved v1.0.1"],
  ),

  "a move that is acknowledged is over, and the next one is told": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.pushSigned("v1.0.0", { seed: "second" }), "notice tag-moved v1.0.0"),
      night((scene) => scene.acknowledge("tag-moved", 9, 2)),
      quiet(),
      night((scene) => scene.pushSigned("v1.0.0", { seed: "third" }), "notice tag-moved v1.0.0"),
      quiet(),
    ],
    ["open tag-moved v1.0.0"],
  ),

  "two starts of one night tell everything once": timeline(
    [
      signed("v1.0.0", "v1.0.1"),
      {
        ...night(
          (scene) => {
            scene.deleteSignature("v1.0.0");
            scene.push("v1.0.2");
          },
          "alert signature-deleted v1.0.0",
          "alert release-unsigned v1.0.2",
        ),
        starts: 2,
      },
      { ...night((scene) => scene.sign("v1.0.2"), "recovered release-unsigned v1.0.2"), starts: 2 },
      quiet(),
    ],
    ["open signature-deleted v1.0.0"],
  ),

  "a run that a wrong clock dates 2036 mutes nothing of what is seen after it": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      on(
        3333,
        night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      ),
      on(
        1,
        night((scene) => scene.detachSignature("v1.1.0"), "alert signature-detached v1.1.0"),
      ),
      night((scene) => scene.sign("v1.0.1"), "recovered release-unsigned v1.0.1"),
      night((scene) => scene.push("v1.0.2"), "alert release-unsigned v1.0.2"),
      quiet(),
    ],
    ["open release-unsigned v1.0.2", "open signature-detached v1.1.0"],
  ),

  "a clock that goes back repeats nothing and hides no loss": timeline(
    [
      signed("v1.0.0"),
      on(
        5,
        night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      ),
      on(3, lose(LOST)),
      on(
        4,
        night((scene) => scene.sign("v1.0.1"), "recovered release-unsigned v1.0.1"),
      ),
      quiet(2),
    ],
    ["open signature-detached v1.0.0"],
  ),

  "a storm that a second reading refutes tells only the summary and the bare new release inside it": timeline(
    [
      signed(...TAGS),
      {
        ...night(
          (scene) => {
            scene.detachSignature(...TAGS);
            scene.push("v1.1.0");
          },
          "storm",
          "alert release-unsigned v1.1.0",
        ),
        meanwhile: (scene) => TAGS.forEach((tag) => scene.sign(tag)),
      },
      quiet(2),
    ],
    ["open release-unsigned v1.1.0"],
  ),

  "a storm in two starts of one night is told once": timeline(
    [
      signed(...TAGS),
      {
        ...night((scene) => scene.detachSignature(...TAGS), "storm", ...TAGS.map((tag) => `alert signature-detached ${tag}`)),
        starts: 2,
      },
      quiet(),
    ],
    TAGS.map((tag) => `open signature-detached ${tag}`),
  ),

  "a storm that proves real tells every release of it, and each recovery": timeline([
    signed(...TAGS),
    night((scene) => scene.detachSignature(...TAGS), "storm", ...TAGS.map((tag) => `alert signature-detached ${tag}`)),
    quiet(),
    night((scene) => TAGS.forEach((tag) => scene.sign(tag)), ...TAGS.map((tag) => `recovered signature-detached ${tag}`)),
    quiet(),
  ]),

  "a storm that cannot be read again waits for the night that can, and loses nothing": timeline(
    [
      signed(...TAGS),
      {
        ...night((scene) => scene.detachSignature(...TAGS), "storm"),
        meanwhile: (scene) => scene.fail("503", { kind: "referrers" }),
      },
      night(
        (scene) => {
          scene.heal();
          for (const tag of TAGS.slice(2)) scene.sign(tag);
        },
        LOST,
        "alert signature-detached v1.0.1",
      ),
      quiet(),
    ],
    ["open signature-detached v1.0.0", "open signature-detached v1.0.1"],
  ),
};
