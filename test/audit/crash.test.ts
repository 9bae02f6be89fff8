import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushArtifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import type { ToldEntry } from "../../lib/notification/channels/delivery-port.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { cosignTag } from "../../lib/oci/companion-tag.ts";
import type { WatchList } from "../../lib/watchlist/watch-list.ts";
import { failButWritten, failNotWritten } from "../history/faulty-store.ts";
import { DOORS, doorsOf, type Door } from "./doors.ts";
import { openMemory, verdictsOf, watch, watchList } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let list: WatchList;

/** Two releases lost their signature and one is new and bare: three findings are due. */
async function prepareNight(auditNight: Door): Promise<HistoryStore> {
  const store = openMemory();
  registry.store.deleteRepository("app");
  const images = ["1.0.0", "1.0.1", "1.0.2"].map((tag) => {
    const image = buildImage({ seed: tag });
    pushArtifact(registry.store, "app", image, tag);
    signSimple(registry, "app", image, key);
    return image;
  });
  await auditNight(list, store, 0);
  for (const image of images.slice(0, 2)) registry.store.untag("app", cosignTag(image.digest, ".sig"));
  pushArtifact(registry.store, "app", buildImage({ seed: "new" }), "1.1.0");
  return store;
}

const WRITES = [
  "openRun",
  "saveEvidence",
  "record",
  "conclude",
  "claimOutbox",
  "markSent",
  "closeRun",
] as const satisfies (keyof HistoryStore)[];
const FAILURES = { "that is not written": failNotWritten, "that is written but not answered": failButWritten } as const;

beforeAll(async () => {
  registry = await startRegistry();
  list = watchList(watch(`${registry.host}/app`, key.pem));
});
afterAll(() => registry.close());

/** Every write of a night, at which it breaks off, and the doors that the night is played through. */
const BREAKS = WRITES.flatMap((method) =>
  [1, 2, 3].flatMap((nth) => Object.keys(FAILURES).map((failure) => ({ method, nth, failure }))),
).flatMap((at, number) => doorsOf(number + at.nth).map((door) => ({ ...at, door })));

describe("a night that breaks off and is started again", () => {
  it.each(BREAKS)(
    "at $method number $nth $failure loses no finding and gives none a second id, through $door",
    async ({ method, nth, failure, door }) => {
      const openDoor = DOORS[door];
      const referenceDoor = openDoor();
      const reference = await prepareNight(referenceDoor);
      const whole = await referenceDoor(list, reference, 1);
      const wanted = whole.document.findings.map(({ id, cause, tag }) => ({ id, cause, tag }));
      expect(wanted).toHaveLength(3);

      const auditNight = openDoor();
      const store = await prepareNight(auditNight);
      const told: ToldEntry[] = [];
      const broken = FAILURES[failure as keyof typeof FAILURES](store, method, nth);
      const broke = await auditNight(list, broken, 1, { told }).then(
        () => null,
        (error: unknown) => error,
      );
      expect([null, "history"]).toContain(broke === null ? null : (broke as { code?: unknown }).code);
      const again = await auditNight(list, store, 1, { told });

      expect(again.document.findings.map(({ id, cause, tag }) => ({ id, cause, tag }))).toEqual(wanted);
      expect(verdictsOf(again)).toEqual(verdictsOf(whole));
      expect(await store.pendingChanges()).toEqual([]);
      // What the broken-off night had claimed is sent by a later one, when the claim has ended.
      await auditNight(list, store, 2, { told });
      const ids = new Set(told.flatMap(({ entry, finding }) => (entry.kind === "opened" && finding ? [finding.id] : [])));
      expect([...ids].toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
      expect(await store.unsentOutbox()).toEqual([]);
      await Promise.all([reference.close(), store.close()]);
    },
  );
});

describe.each(Object.entries(DOORS))("through %s", (_name, openDoor) => {
  describe("a run that is closed", () => {
    it("answers with its recorded document and exit code, and asks the registry nothing", async () => {
      const auditNight = openDoor();
      const store = await prepareNight(auditNight);
      const night = await auditNight(list, store, 1);
      registry.requests.clear();
      const again = await auditNight(list, store, 1);
      expect(again.document).toEqual(night.document);
      expect(again.exitCode).toBe(night.exitCode);
      expect(registry.requests.count()).toBe(0);
      expect(again.told).toEqual([]);
      await store.close();
    });
  });

  describe("two starts of the same night", () => {
    it("work side by side and tell everything once", async () => {
      const auditNight = openDoor();
      const store = await prepareNight(auditNight);
      const nights = await Promise.all([auditNight(list, store, 1), auditNight(list, store, 1)]);
      const told = nights.flatMap((night) => night.told.map(({ finding }) => finding?.id));
      expect(told).toHaveLength(3);
      expect(new Set(told).size).toBe(3);
      expect(verdictsOf(nights[0])).toEqual(verdictsOf(nights[1]));
      await store.close();
    });
  });

  describe("a clock that was set back", () => {
    it("is no error and replaces nothing that a later run said", async () => {
      const auditNight = openDoor();
      const store = await prepareNight(auditNight);
      const later = await auditNight(list, store, 5);
      const earlier = await auditNight(list, store, 1);
      expect(verdictsOf(earlier)).toEqual(verdictsOf(later));
      expect(earlier.told).toEqual([]);
      await store.close();
    });
  });
});
