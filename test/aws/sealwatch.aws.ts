import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deployLocally, type DeployOptions, type LocalDeployment } from "./deploy-locally.ts";
import { prepareScene, REPOSITORIES, type NightScene } from "./night-scene.ts";

const night = (day: number): string => `2026-11-${String(day).padStart(2, "0")}T02:00:00Z`;

describe("Sealwatch's own stack", () => {
  let scene: NightScene;
  let deployed: LocalDeployment[];
  beforeAll(async () => {
    scene = await prepareScene();
    for (const name of REPOSITORIES) for (const tag of ["1.0.0", "1.0.1"]) scene.push(name, tag);
  });
  beforeEach(() => {
    deployed = [];
    scene.registry.setFault(null);
  });
  afterEach(async () => {
    for (const one of deployed) await one.close();
  });
  afterAll(() => scene.close());

  const deploy = async (options: DeployOptions = {}): Promise<LocalDeployment> => {
    const one = await deployLocally(scene.assembly, options);
    deployed.push(one);
    return one;
  };
  const run = async (one: LocalDeployment, day: number): Promise<string[]> => {
    const before = one.inbox().length;
    const execution = await one.startScheduled(night(day));
    expect([execution.status, execution.cause]).toEqual(["SUCCEEDED", null]);
    return one
      .inbox()
      .slice(before)
      .map(({ subject }) => subject ?? "");
  };

  it("audits a first night, is silent on an unchanged one, and tells a regression once, with nothing denied", async () => {
    const one = await deploy();
    expect(await run(one, 1)).toEqual([expect.stringContaining("[BASELINE]")]);
    const before = scene.registry.requests.count();
    expect(await run(one, 2)).toEqual([]);
    expect(scene.registry.requests.count()).toBeGreaterThan(before);
    const bare = scene.push("team/app", "1.1.0", { signed: false });
    const told = await run(one, 3);
    expect(told).toEqual([expect.stringMatching(/^\[ALERT\] .*team\/app 1\.1\.0 unsigned/)]);
    expect(told[0]!.length).toBeLessThanOrEqual(100);
    expect(await run(one, 3)).toEqual([]);
    scene.sign("team/app", bare);
    expect(await run(one, 4)).toEqual([expect.stringContaining("[RECOVERED]")]);
    expect(one.denied()).toEqual([]);
    const metrics = one.metrics().map(({ name }) => name);
    for (const name of ["RunsCompleted", "Coverage", "OldestUnsentSeconds", "ConfirmedSubscriptions"]) expect(metrics).toContain(name);
  });

  it("tells an outage as nothing at once, and a repository whose audit dies each time as coverage lost", async () => {
    const one = await deploy();
    await run(one, 1);
    scene.registry.setFault({ when: () => true, fault: "503" });
    expect(await run(one, 2)).toEqual([]);
    scene.registry.setFault(null);
    expect(await run(one, 3)).toEqual([]);
  });

  it("loses nothing when a function is killed in the middle", async () => {
    const one = await deploy();
    await run(one, 1);
    const image = scene.push("team/web", "2.0.0");
    await run(one, 2);
    scene.unsign("team/web", image);
    for (const name of ["audit", "conclude"]) {
      const { role } = one.functions.find(({ id }) => id.toLowerCase().includes(name))!;
      one.interruptions.plan({ role, action: "dynamodb:PutItem", nth: 2, phase: "answered", how: "kill" });
    }
    expect(await run(one, 3)).toEqual([expect.stringMatching(/team\/web 2\.0\.0 lost its signature/)]);
    expect(one.denied()).toEqual([]);
  });
});
