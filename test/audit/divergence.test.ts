import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { Conclusion, HistoryStore } from "../../lib/history/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { failNotWritten } from "../history/faulty-store.ts";
import { auditNight, openMemory, ReportShelf, watch, watchList } from "./night.ts";
import { playParts, toldOf } from "./play-parts.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let store: HistoryStore;
let list: WatchList;
let images: Artifact[];
const shelf = new ReportShelf();

function push(tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}
const hide = () => {
  for (const { digest } of images) registry.store.untag("app", cosignTag(digest, ".sig"));
};
const show = () => {
  for (const image of images) signSimple(registry, "app", image, key);
};

/** A store that refuses whatever opens a finding, as DynamoDB refuses an item of more than 400 KB: no repetition mends it. */
function refusing(inner: HistoryStore): HistoryStore {
  return new Proxy(inner, {
    get(target, name, receiver): unknown {
      if (name !== "conclude") return Reflect.get(target, name, receiver);
      return (conclusion: Conclusion) => {
        if (conclusion.changes.some(({ kind }) => kind === "opened"))
          return Promise.reject(
            new SealwatchError("history", "write FINDING X: it has 512 KB, and DynamoDB keeps at most 400 KB together"),
          );
        return target.conclude(conclusion);
      };
    },
  });
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: true });
  store = openMemory();
  list = watchList(watch(`${registry.host}/app`, key.pem));
  images = Array.from({ length: 12 }, (_, at) => push(`1.0.${at}`));
  show();
});
afterEach(() => Promise.all([registry.close(), store.close()]));

describe("both doors: a change that the store refuses to conclude", () => {
  it("in one process: people are warned", async () => {
    await auditNight(list, store, 0);
    push("1.1.0");
    const night = await auditNight(list, refusing(store), 1);
    expect(night.warnings.some((line) => line.startsWith("not concluded"))).toBe(true);
  });
  it("in calls: people are warned, too", async () => {
    await playParts(0, { list, store, shelf });
    push("1.1.0");
    const night = await playParts(1, { list, store: refusing(store), shelf });
    expect(night.concluded.warnings.some((line) => line.startsWith("not concluded"))).toBe(true);
  });
});

describe("both doors: an outage whose run died, and that is over the next night", () => {
  it("in one process: nothing is told", async () => {
    await auditNight(list, store, 0);
    hide();
    await expect(auditNight(list, failNotWritten(store, "pendingChanges"), 1)).rejects.toThrow();
    show();
    const night = await auditNight(list, store, 2);
    expect(toldOf(night)).toEqual([]);
  });
  it("in calls: nothing is told, either", async () => {
    await playParts(0, { list, store, shelf });
    hide();
    await expect(playParts(1, { list, store, shelf }, { dies: true })).rejects.toThrow("died");
    show();
    const night = await playParts(2, { list, store, shelf });
    expect(toldOf(night)).toEqual([]);
  });
});

describe("both doors: the first whole night after one that could not list", () => {
  it("says the same of `run.baseline`", async () => {
    registry.setFault({ when: { kind: "tags" }, fault: "503" });
    await auditNight(list, store, 0);
    const other = openMemory();
    await playParts(0, { list, store: other, shelf });
    registry.setFault(null);
    const piece = await auditNight(list, store, 1);
    const parts = await playParts(1, { list, store: other, shelf });
    expect(parts.concluded.document.run.baseline).toBe(piece.document.run.baseline);
    await other.close();
  });
});
