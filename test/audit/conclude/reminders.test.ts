import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startRegistry, type ControlRegistry } from "../../../lib/controls/registry-server.ts";
import type { HistoryStore } from "../../../lib/history/store.ts";
import { Scene } from "../../timelines/scene.ts";
import { auditNight, openMemory } from "../night.ts";

const WEEK_SECONDS = 7 * 86_400;
let registry: ControlRegistry;
let store: HistoryStore;
let scene: Scene;
beforeEach(async () => {
  registry = await startRegistry();
  store = openMemory();
  scene = new Scene(registry, store);
});
afterEach(() => Promise.all([registry.close(), store.close()]));

/** `opened release-unsigned v1.0.0` */
async function told(night: number): Promise<string[]> {
  const audited = await auditNight(scene.list, store, night, { remindSeconds: WEEK_SECONDS });
  return audited.told.map(({ entry, finding }) => `${entry.kind} ${finding?.cause ?? "-"} ${finding?.tag ?? "-"}`);
}

describe("a reminder", () => {
  it("comes each week while a release is as it was told", async () => {
    scene.pushSigned("v1.0.0");
    await told(0);
    scene.push("v1.0.1");
    expect(await told(1)).toEqual(["opened release-unsigned v1.0.1"]);
    expect(await told(7)).toEqual([]);
    expect(await told(8)).toEqual(["reminder release-unsigned v1.0.1"]);
  });

  it("does not come of a tag that was rolled back and has gone on to a newer image", async () => {
    for (const tag of ["v1.0.0", "v1.1.0"]) scene.pushSigned(tag);
    scene.point("latest", "v1.1.0");
    await told(0);
    scene.point("latest", "v1.0.0");
    expect(await told(1)).toEqual(["opened tag-rolled-back latest"]);
    scene.pushSigned("v1.2.0");
    scene.point("latest", "v1.2.0");
    expect(await told(2)).toEqual([]);
    expect(await told(9)).toEqual([]);
  });

  it("does not come of a tag that is left out now, and that nobody looks at", async () => {
    scene.pushSigned("v1.0.0");
    await told(0);
    scene.push("v1.0.1-rc.1");
    expect(await told(1)).toEqual(["opened release-unsigned v1.0.1-rc.1"]);
    const [watched] = scene.list.repositories;
    scene.list = { ...scene.list, repositories: [{ ...watched!, tags: { ...watched!.tags, exclude: ["*-rc*"] } }] };
    expect(await told(2)).toEqual(["opened policy-changed -"]);
    expect(await told(8)).toEqual([]);
  });

  it("waits where the registry does not answer tonight", async () => {
    scene.pushSigned("v1.0.0");
    await told(0);
    scene.push("v1.0.1");
    await told(1);
    scene.fail("503");
    expect(await told(8)).toEqual(["opened coverage-lost -"]);
    scene.heal();
    expect(await told(9)).toEqual(["recovered coverage-lost -", "reminder release-unsigned v1.0.1"]);
  });
});

describe("an audit on a machine whose clock went back", () => {
  it("records and tells what it sees, whatever time the newest run is for", async () => {
    for (const tag of ["v1.0.0", "v1.0.1"]) scene.pushSigned(tag);
    await auditNight(scene.list, store, 30);
    scene.deleteSignature("v1.0.0");
    const early = await auditNight(scene.list, store, 1);
    expect(early.told.map(({ finding }) => finding?.cause)).toEqual(["signature-deleted"]);
    expect(early.warnings).toEqual([]);
    expect(await told(31)).toEqual(["reminder signature-deleted v1.0.0"]);
  });
});
