import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployLocally } from "./deploy-locally.ts";
import { prepareScene, type NightScene } from "./night-scene.ts";

const BUDGET = 12;

describe("the budget of a registry", () => {
  let scene: NightScene;
  beforeAll(async () => {
    scene = await prepareScene({ budget: `${BUDGET}/6h` });
  });
  afterAll(() => scene.close());

  it("is kept by all calls together, whatever night they are for, and what it does not reach is unknown and not unsigned", async () => {
    for (const tag of ["1.0.0", "1.0.1"]) scene.push("team/app", tag);
    const one = await deployLocally(scene.assembly, { secrets: scene.secrets });
    const asked: number[] = [];
    for (const day of ["01", "02", "03", "04"]) {
      expect((await one.startScheduled(`2026-11-${day}T02:00:00Z`)).status).toBe("SUCCEEDED");
      asked.push(scene.registry.requests.count());
    }
    expect([asked[0]! < BUDGET, asked[1]! > asked[0]!, asked.at(-1)]).toEqual([true, true, BUDGET]);
    expect(one.inbox().filter(({ subject }) => subject?.includes("unsigned"))).toEqual([]);
    expect(one.metrics().findLast(({ name }) => name === "Coverage")!.value).toBeLessThan(100);
    expect(one.denied()).toEqual([]);
    await one.close();
  });
});
