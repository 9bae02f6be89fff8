import { night, on, quiet, signed, timeline, type Timeline } from "./timeline.ts";
import type { Scene } from "./scene.ts";

const TAGS = Array.from({ length: 40 }, (_, n) => `v1.0.${n}`);
const NOTHING = (): void => undefined;

/** The first page is answered, what follows it is not. */
function breakPages(scene: Scene): void {
  scene.registry.setOptions({ tagsPageSize: 2 });
  scene.fail("500", (request) => request.kind === "tags" && request.query.includes("last="));
}

/** What happens where the registry does not answer, or answers less than before. */
export const COVERAGE: Readonly<Record<string, Timeline>> = {
  "a short outage is silent, and neither loses nor invents what happened in it": timeline(
    [
      signed("v1.0.0", "v1.0.1"),
      night((scene) => {
        scene.deleteSignature("v1.0.0");
        scene.push("v1.0.2");
        scene.fail("503");
      }),
      night((scene) => scene.heal(), "alert signature-deleted v1.0.0", "alert release-unsigned v1.0.2"),
      quiet(2),
    ],
    ["open signature-deleted v1.0.0", "open release-unsigned v1.0.2"],
  ),

  "an outage while a finding is open ends nothing and repeats nothing": timeline([
    signed("v1.0.0"),
    night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
    night((scene) => scene.fail("503")),
    night((scene) => scene.heal()),
    night((scene) => scene.fail("500", (request) => request.reference?.startsWith("sha256-") === true)),
    night((scene) => {
      scene.heal();
      scene.sign("v1.0.1");
    }, "recovered release-unsigned v1.0.1"),
    quiet(),
  ]),

  "a move during an outage is told when the registry answers, by where the tag was before": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => {
        scene.point("v1.1.0", "v1.0.0");
        scene.fail("503");
      }),
      night((scene) => scene.heal(), "alert tag-rolled-back v1.1.0"),
      quiet(),
    ],
    ["open tag-rolled-back v1.1.0"],
  ),

  "a move there and back during an outage is nothing": timeline([
    signed("v1.0.0"),
    night((scene) => {
      scene.push("v1.0.0", "evil");
      scene.fail("503");
    }),
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.heal();
    }),
    quiet(),
  ]),

  "an outage on the first night leaves the baseline to the first night that answers": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.push("v1.0.1");
      scene.fail("503");
    }),
    night((scene) => scene.heal(), "baseline"),
    quiet(2),
  ]),

  "silence for longer than unknownFor is told once, and the answer once": timeline([
    signed("v1.0.0"),
    night((scene) => scene.fail("503")),
    quiet(),
    night(NOTHING, "alert coverage-lost -"),
    quiet(2),
    night((scene) => scene.heal(), "recovered coverage-lost -"),
    quiet(),
  ]),

  "one release that does not answer for longer than unknownFor is told by its name": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => {
      const path = scene.signatureTag("v1.0.1");
      scene.fail("500", (request) => request.path.includes(path));
    }),
    quiet(),
    night(NOTHING, "alert release-unreadable v1.0.1"),
    quiet(),
    night((scene) => scene.heal(), "recovered release-unreadable v1.0.1"),
    quiet(),
  ]),

  "refused credentials are told the same night, and what happened behind them afterwards": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.fail("403"), "alert coverage-lost -"),
      night((scene) => scene.deleteSignature("v1.0.0")),
      night((scene) => scene.heal(), "recovered coverage-lost -", "alert signature-deleted v1.0.0"),
      quiet(),
    ],
    ["open signature-deleted v1.0.0"],
  ),

  "refused credentials are told once a registry": timeline(
    [
      night(
        (scene) => {
          scene.pushSigned("v1.0.0");
          const [first] = scene.list.repositories;
          scene.registry.store.createRepository("other");
          const other = {
            ...first!,
            repository: { ...first!.repository, name: first!.repository.name.replace(/app$/, "other"), path: "other" },
          };
          scene.list = { ...scene.list, repositories: [first!, other] };
        },
        "baseline",
        "baseline",
        "warning nothing-watched -",
      ),
      night((scene) => scene.fail("403"), "alert coverage-lost -"),
      night((scene) => (scene.list = { ...scene.list, repositories: scene.list.repositories.toReversed() })),
      night(
        (scene) => scene.registry.setFault({ when: ({ repository }) => repository === "other", fault: "403" }),
        "recovered coverage-lost -",
        "alert coverage-lost -",
      ),
      night((scene) => scene.heal(), "recovered coverage-lost -"),
      quiet(),
    ],
    ["open nothing-watched -"],
  ),

  "an incomplete list is told the same night, and no release counts as removed by it": timeline([
    signed("v1.0.0", "v1.0.1", "v1.0.2", "v1.0.3"),
    night(breakPages, "alert coverage-lost -"),
    quiet(),
    night((scene) => scene.heal(), "recovered coverage-lost -"),
    quiet(),
  ]),

  "a deletion of many releases is lost coverage, and ends when they are back": timeline([
    signed(...TAGS),
    night((scene) => scene.remove(...TAGS.slice(0, 12)), "alert coverage-lost -"),
    quiet(2),
    night((scene) => {
      for (const tag of TAGS.slice(0, 12)) scene.pushSigned(tag);
    }, "recovered coverage-lost -"),
    quiet(),
  ]),

  "a deletion of many releases that nobody takes back is no recovery, a month later": timeline([
    signed(...TAGS),
    night((scene) => scene.remove(...TAGS.slice(0, 12)), "alert coverage-lost -"),
    on(20, night(NOTHING)),
    on(31, night(NOTHING)),
    on(32, night(NOTHING)),
    quiet(2),
  ]),

  "a deletion of some releases is no finding": timeline([signed(...TAGS), night((scene) => scene.remove(...TAGS.slice(0, 7))), quiet(2)]),

  "all releases gone is lost coverage, however few they were": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.remove("v1.0.0", "v1.0.1"), "alert coverage-lost -"),
    quiet(),
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.pushSigned("v1.0.1");
    }, "recovered coverage-lost -"),
  ]),

  "a repository that is gone altogether is lost coverage after unknownFor, and no release counts as unsigned": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.registry.store.deleteRepository("app")),
    quiet(),
    night(NOTHING, "alert coverage-lost -"),
    quiet(),
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.pushSigned("v1.0.1");
    }, "recovered coverage-lost -"),
    quiet(),
  ]),

  "runs every six hours tell the same as one a night": timeline([
    signed("v1.0.0"),
    on(
      0.25,
      night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
    ),
    on(
      0.5,
      night((scene) => scene.fail("503")),
    ),
    on(
      0.75,
      night((scene) => scene.heal()),
    ),
    on(
      1,
      night((scene) => scene.sign("v1.0.1"), "recovered release-unsigned v1.0.1"),
    ),
    on(1.25, night(NOTHING)),
  ]),

  "runs that were left out for a week lose nothing": timeline(
    [
      signed("v1.0.0", "v1.0.1"),
      on(
        8,
        night((scene) => scene.detachSignature("v1.0.0"), "alert signature-detached v1.0.0"),
      ),
      quiet(),
    ],
    ["open signature-detached v1.0.0"],
  ),
};
