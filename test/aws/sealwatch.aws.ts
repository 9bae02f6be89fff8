import { createPublicKey, verify } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDynamodbHistory } from "../../lib/history/dynamodb-store.ts";
import { verifyChain } from "../../lib/history/verify-chain.ts";
import { readCloudAssembly } from "./cloud-assembly.ts";
import { deployLocally, type DeployOptions, type LocalDeployment } from "./deploy-locally.ts";
import { newJumpingClock } from "./execution-scope.ts";
import { listGrants, withoutGrant } from "./grants.ts";
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

  it("signs what each run recorded, so that anybody checks it offline", async () => {
    const one = await deploy();
    await run(one, 1);
    await run(one, 2);
    const [bucket, table] = [one.aws.resources.buckets[0]!.name, one.aws.resources.tables[0]!.name];
    const load = async (name: string): Promise<Uint8Array> => {
      const command = new GetObjectCommand({ Bucket: bucket, Key: `runs/${night(2)}/${name}` });
      return (await one.aws.operator(S3Client).send(command)).Body!.transformToByteArray();
    };
    const [statement, signature, pem] = await Promise.all(["head.txt", "head.sig", "public.pem"].map(load));
    expect(verify("sha256", statement!, Buffer.from(pem!).toString(), signature!)).toBe(true);
    const client = one.aws.operator(DynamoDBClient);
    const store = openDynamodbHistory({ client, table, now: Date.now, sleep: () => Promise.resolve() });
    const head = await store.chainHead();
    expect(Buffer.from(statement!).toString()).toBe(`sealwatch history\nposition 2\nrun ${night(2)}\nhash ${head!.hash}\n`);
    const report = await verifyChain(store, createPublicKey(Buffer.from(pem!)));
    expect(report).toMatchObject({ fault: null, runs: 2, signed: true, waiting: 0, from: night(1), to: night(2) });
    expect(one.denied()).toEqual([]);
  });

  it("tells nothing of a short outage, and of one that is over", async () => {
    const one = await deploy();
    await run(one, 1);
    scene.registry.setFault({ when: () => true, fault: "503" });
    expect(await run(one, 2)).toEqual([]);
    scene.registry.setFault(null);
    expect(await run(one, 3)).toEqual([]);
  });

  it("looks again before it alerts: a signature that arrives meanwhile costs nobody a night", async () => {
    const clock = newJumpingClock(Date.parse("2026-11-01T02:00:00Z"));
    let late: (() => void) | null = null;
    const waits: number[] = [];
    const one = await deploy({
      clock: {
        ...clock,
        async sleep(milliseconds: number) {
          if (milliseconds >= 600_000) {
            waits.push(milliseconds);
            late?.();
          }
          await clock.sleep(milliseconds);
        },
      },
    });
    await run(one, 1);
    const image = scene.push("team/api", "4.0.0", { signed: false });
    late = () => scene.sign("team/api", image);
    expect(await run(one, 2)).toEqual([]);
    expect(waits).toEqual([600_000]);
  });

  it("goes on where a failed run stopped, when it is redriven", async () => {
    const one = await deploy();
    const { role } = one.functions.find(({ id }) => id.toLowerCase().includes("conclude"))!;
    for (let nth = 1; nth <= 5; nth++) one.interruptions.plan({ role, action: "dynamodb:Query", nth, phase: "asked", how: "kill" });
    const failed = await one.startScheduled(night(1));
    one.interruptions.clear();
    expect(failed.status).toBe("FAILED");
    expect(JSON.parse(one.inbox()[0]!.message)).toMatchObject({ detail: { status: "FAILED" } });
    const asked = scene.registry.requests.count();
    expect((await one.redrive(failed)).status).toBe("SUCCEEDED");
    expect(scene.registry.requests.count()).toBe(asked);
    expect(one.inbox().at(-1)?.subject).toContain("[BASELINE]");
  });

  it("misses every statement that is taken away", async () => {
    const { template, place } = await readCloudAssembly(scene.assembly);
    const statements = [...new Set(listGrants(template, place).map(({ statement }) => statement))];
    const harmless: string[] = [];
    for (const statement of statements) {
      const one = await deployLocally(scene.assembly, { edit: (whole) => withoutGrant(whole, { statement }) });
      deployed.push(one);
      const image = scene.push("team/app", "9.0.0");
      const isWhole = async (): Promise<boolean> => {
        if ((await one.startScheduled(night(1))).status !== "SUCCEEDED") return false;
        scene.unsign("team/app", image);
        const second = await one.startScheduled(night(2));
        return second.status === "SUCCEEDED" && one.denied().length === 0 && one.inbox().length === 2 && one.metrics().length > 0;
      };
      if (await isWhole().catch(() => false)) harmless.push(statement);
      scene.sign("team/app", image);
      await one.close();
      deployed.pop();
    }
    process.stdout.write(`${statements.length} statements, each taken away once: ${harmless.length} not missed: ${harmless.join(", ")}\n`);
    // Stopping and redriving the audits of a night by hand needs that one; a night that goes through does not.
    expect(harmless).toEqual([expect.stringMatching(/ MapRuns$/)]);
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
