import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import type { Scene } from "./scene.ts";
import { night, on, quiet, signed, timeline, type Timeline } from "./timeline.ts";

const NOTHING = (): void => undefined;

/** Stores an index as the companion tag of what a tag names. */
function storeIndex({ registry }: Scene, tag: string, entries: readonly string[]): void {
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const manifests = entries.map((digest) => ({ mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 7 }));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const named = registry.store.digestOfTag("app", tag)!;
  const artifact = { digest: digestOf(bytes), bytes, mediaType, blobs: [], children: [], entry: {} };
  pushArtifact(registry.store, "app", artifact, named.replace(":", "-"));
}

/** The list of referrers names a manifest that nobody pushed. */
function nameMissing(scene: Scene, tag: string): void {
  storeIndex(scene, tag, [digestOf(Buffer.from("nothing of the kind"))]);
}

/** More entries than are read. */
function nameTooMany(scene: Scene, tag: string): void {
  storeIndex(
    scene,
    tag,
    Array.from({ length: 4100 }, (_, n) => digestOf(Buffer.from(String(n)))),
  );
}

function clear({ registry }: Scene, tag: string): void {
  registry.store.untag("app", registry.store.digestOfTag("app", tag)!.replace(":", "-"));
}

/** What is asked about the signatures of a tag is answered with an outage. */
export function darken(scene: Scene, tag: string): void {
  const hex = scene.digest(tag).slice(7);
  scene.fail("503", (request) => request.path.includes(`sha256-${hex}`) || (request.kind === "referrers" && request.path.includes(hex)));
}

/** What people are told of releases that nobody can judge. */
export const UNREAD: Readonly<Record<string, Timeline>> = {
  "a version tag that moves beside junk is told that night, and its way back": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => {
      scene.push("v1.0.1", "evil");
      nameTooMany(scene, "v1.0.1");
    }, "alert tag-moved v1.0.1"),
    quiet(),
    night((scene) => scene.pushSigned("v1.0.1"), "recovered tag-moved v1.0.1"),
    quiet(2),
  ]),

  "a version tag that moves during an outage of its signatures is told that night, once": timeline(
    [
      signed("v1.0.0", "v1.0.1"),
      night((scene) => {
        scene.push("v1.0.1", "evil");
        darken(scene, "v1.0.1");
      }, "alert tag-moved v1.0.1"),
      night((scene) => scene.heal()),
      quiet(2),
    ],
    ["open tag-moved v1.0.1"],
  ),

  "a move that was told unread and proves to be signed ends as a move to a signed image does": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => {
      scene.pushSigned("v1.0.1", { seed: "rebuilt" });
      darken(scene, "v1.0.1");
    }, "alert tag-moved v1.0.1"),
    { ...night((scene) => scene.heal()), live: ["open tag-moved v1.0.1"] },
    night((scene) => scene.pushSigned("v1.0.1"), "recovered tag-moved v1.0.1"),
    quiet(),
  ]),

  "a move that was told unread, proves bare and is signed later recovers under its id": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => {
      scene.push("v1.0.1", "rebuilt");
      darken(scene, "v1.0.1");
    }, "alert tag-moved v1.0.1"),
    night((scene) => scene.heal()),
    night((scene) => scene.sign("v1.0.1"), "recovered tag-moved v1.0.1"),
    quiet(),
  ]),

  "a move over a bare release that is taken back unread leaves what was told of it": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.push("v1.0.1"), "alert release-unsigned v1.0.1"),
      night((scene) => {
        scene.push("v1.0.1", "other");
        darken(scene, "v1.0.1");
      }, "alert tag-moved v1.0.1"),
      night((scene) => {
        scene.push("v1.0.1");
        scene.heal();
      }, "recovered tag-moved v1.0.1"),
      quiet(),
    ],
    ["open release-unsigned v1.0.1"],
  ),

  "a moving tag that goes back to an older image is told as rolled back although nothing of it can be read": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.pushSigned("v1.1.0");
      scene.point("latest", "v1.1.0");
    }, "baseline"),
    night(
      (scene) => {
        scene.point("latest", "v1.0.0");
        scene.deleteSignature("v1.0.0");
        nameMissing(scene, "v1.0.0");
      },
      "alert tag-rolled-back latest",
      "alert evidence-unreadable v1.0.0",
    ),
    night(
      (scene) => {
        scene.point("latest", "v1.1.0");
        clear(scene, "v1.0.0");
        scene.sign("v1.0.0");
      },
      "recovered tag-rolled-back latest",
      "recovered evidence-unreadable v1.0.0",
    ),
    quiet(),
  ]),

  "a moving tag that goes forward during an outage is no move": timeline([
    night((scene) => {
      scene.pushSigned("v1.0.0");
      scene.pushSigned("latest", { seed: "0" });
    }, "baseline"),
    night((scene) => {
      scene.pushSigned("latest", { seed: "1" });
      darken(scene, "latest");
    }),
    night((scene) => scene.heal()),
    quiet(),
  ]),

  "a new release beside a list that names what is not there is told that night, once, and what it hid afterwards": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        scene.push("v1.0.1");
        nameMissing(scene, "v1.0.1");
      }, "alert evidence-unreadable v1.0.1"),
      quiet(3),
      night((scene) => clear(scene, "v1.0.1"), "alert release-unsigned v1.0.1"),
      quiet(),
    ],
    ["open release-unsigned v1.0.1"],
  ),

  "an unreadable release that is signed in the end is told as over": timeline([
    signed("v1.0.0"),
    night((scene) => {
      scene.push("v1.0.1");
      nameTooMany(scene, "v1.0.1");
    }, "alert evidence-unreadable v1.0.1"),
    night((scene) => scene.sign("v1.0.1"), "recovered evidence-unreadable v1.0.1"),
    quiet(),
  ]),

  "a release that cannot be judged while lost coverage is told is told beside it": timeline(
    [
      signed(...Array.from({ length: 40 }, (_, n) => `v1.0.${n}`)),
      night((scene) => {
        scene.remove(...Array.from({ length: 12 }, (_, n) => `v1.0.${n}`));
        darken(scene, "v1.0.39");
      }, "alert coverage-lost -"),
      quiet(),
      night(NOTHING, "alert release-unreadable v1.0.39"),
      night((scene) => {
        scene.heal();
        scene.fail("403");
      }, "alert coverage-lost -"),
      night((scene) => scene.heal(), "recovered coverage-lost -", "recovered release-unreadable v1.0.39"),
      quiet(),
    ],
    ["open coverage-lost -"],
  ),

  "a repository whose list answers and whose releases do not is lost coverage after unknownFor": timeline([
    signed("v1.0.0", "v1.0.1"),
    night((scene) => scene.fail("503", (request) => request.kind !== "tags")),
    quiet(),
    night(NOTHING, "alert coverage-lost -"),
    night((scene) => scene.heal(), "recovered coverage-lost -"),
  ]),

  "a repository with tags of which none is a release is told until there is one": timeline([
    night((scene) => scene.push("nightly-1"), "baseline", "warning nothing-watched -"),
    quiet(2),
    night((scene) => scene.pushSigned("v1.0.0"), "recovered nothing-watched -"),
    quiet(),
  ]),

  "a selection that matches nothing any more is told as such": timeline(
    [
      signed("v1.0.0"),
      on(
        1,
        night(
          (scene) => scene.watch({ tags: { include: ["release-*"], exclude: [], semver: null, newest: null, moving: null } }),
          "warning nothing-watched -",
          "warning policy-changed -: 0 flips, REGISTRY/app: its tags are not all selected any more",
        ),
      ),
      quiet(),
    ],
    ["open nothing-watched -", "open policy-changed -"],
  ),

  "an odd image at the place of a signature is told that night if it is more than can be read": timeline(
    [
      signed("v1.0.0"),
      night((scene) => {
        const image = scene.push("v1.0.1");
        const platforms = Array.from({ length: 70 }, (_, n) => buildImage({ seed: `odd ${n}` }));
        for (const platform of platforms) pushArtifact(scene.registry.store, "app", platform);
        const mediaType = "application/vnd.oci.image.index.v1+json";
        const manifests = platforms.map(({ digest, bytes, mediaType: type }) => ({ mediaType: type, digest, size: bytes.length }));
        const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
        const odd = { digest: digestOf(bytes), bytes, mediaType, blobs: [], children: [], entry: {} };
        pushArtifact(scene.registry.store, "app", odd, `${image.digest.replace(":", "-")}.sig`);
      }, "alert evidence-unreadable v1.0.1"),
      quiet(),
    ],
    ["open evidence-unreadable v1.0.1"],
  ),
};
