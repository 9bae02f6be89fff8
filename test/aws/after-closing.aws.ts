import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SEND_RETRIES } from "../../lib/notification/limits.ts";
import { digestOf } from "../../lib/oci/digest.ts";
import { deployLocally, type LocalDeployment } from "./deploy-locally.ts";
import { newJumpingClock } from "./execution-scope.ts";
import { prepareScene, REPOSITORIES, type NightScene } from "./night-scene.ts";

const night = (day: number): string => `2026-11-${String(day).padStart(2, "0")}T02:00:00Z`;
/** At one message. */
const ATTEMPTS = 1 + SEND_RETRIES;

describe("what Sealwatch's own stack does when a run is over", () => {
  let scene: NightScene;
  let one: LocalDeployment;
  const waits: number[] = [];
  const beats: string[] = [];
  const monitor = createServer(({ url }, response) => {
    beats.push(url ?? "");
    response.end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => monitor.listen(0, "127.0.0.1", resolve));
    scene = await prepareScene({}, { heartbeat: "awssecret:///prod/heartbeat" });
    scene.push("team/app", "1.0.0");
  });
  afterEach(async () => {
    await one.close();
    waits.length = 0;
    beats.length = 0;
  });
  afterAll(async () => {
    monitor.close();
    await scene.close();
  });

  const deploy = async (): Promise<string> => {
    const clock = newJumpingClock(Date.parse(night(1)));
    const sleep = (milliseconds: number): Promise<void> => {
      if (milliseconds >= 600_000) waits.push(milliseconds / 1000);
      return clock.sleep(milliseconds);
    };
    const secrets = { ...scene.secrets, "prod/heartbeat": `http://127.0.0.1:${(monitor.address() as AddressInfo).port}/ping` };
    one = await deployLocally(scene.assembly, { secrets, clock: { ...clock, sleep } });
    return one.functions.find(({ id }) => id.startsWith("Auditconclude"))!.role;
  };
  const count = (metric: string): number => one.metrics().filter(({ name }) => name === metric).length;

  it("offers a message again an hour later, where its channel did not take it, and says by a metric what waits even then", async () => {
    const role = await deploy();
    const fail = (times: number): void => {
      for (let nth = 1; nth <= times; nth++) one.interruptions.plan({ role, action: "sns:Publish", nth, phase: "asked", how: "cut" });
    };
    fail(ATTEMPTS);
    expect((await one.startScheduled(night(1))).status).toBe("SUCCEEDED");
    expect(one.interruptions.outstanding).toEqual([]);
    expect(one.inbox().map(({ subject }) => subject)).toEqual([expect.stringContaining("[BASELINE]")]);
    expect([waits, count("RunsCompleted"), count("OldestUnsentSeconds")]).toEqual([[3660], 1, 2]);
    expect(one.metrics().findLast(({ name }) => name === "OldestUnsentSeconds")).toMatchObject({ value: 0 });

    scene.push("team/app", "1.1.0", { signed: false });
    fail(2 * ATTEMPTS);
    expect((await one.startScheduled(night(2))).status).toBe("SUCCEEDED");
    expect(one.interruptions.outstanding).toEqual([]);
    expect([one.inbox().length, waits]).toEqual([1, [3660, 600, 3660]]);
    expect(one.metrics().findLast(({ name }) => name === "OldestUnsentSeconds")!.value).toBeGreaterThan(0);
    expect((await one.startScheduled(night(3))).status).toBe("SUCCEEDED");
    expect(one.inbox().map(({ subject }) => subject)).toEqual([expect.anything(), expect.stringMatching(/team\/app 1\.1\.0 unsigned/)]);
    expect(one.denied()).toEqual([]);
  });

  it("keeps what verdicts rest on in the bucket, each file once and under its own digest", async () => {
    const role = await deploy();
    scene.push("team/app", "1.2.0");
    expect((await one.startScheduled(night(1))).status).toBe("SUCCEEDED");
    const bucket = one.aws.resources.buckets.find(({ id }) => id.startsWith("AuditStorage"))!.name;
    const client = one.aws.operator(S3Client);
    const list = async (): Promise<string[]> => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "evidence/" }));
      return Contents.map(({ Key }) => Key!);
    };
    const keys = await list();
    expect(keys.length).toBeGreaterThanOrEqual(2);
    for (const key of keys) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      expect(`evidence/${digestOf(await Body!.transformToByteArray()).replace(":", "/")}`).toBe(key);
    }
    const puts = (): number =>
      one.callsByRole()[role]!.reduce((sum, { resource, count: times }) => sum + (resource.includes("/evidence/") ? times : 0), 0);
    expect(puts()).toBe(keys.length);
    expect((await one.startScheduled(night(2))).status).toBe("SUCCEEDED");
    expect([await list(), puts()]).toEqual([keys, keys.length]);
    expect(one.denied()).toEqual([]);
  });

  it("is heard by whoever waits for its heartbeat, also where it dies after closing", async () => {
    const role = await deploy();
    for (const name of REPOSITORIES) scene.push(name, "1.0.0");
    one.interruptions.plan({ role, action: "kms:Sign", phase: "asked", how: "kill" });
    expect((await one.startScheduled(night(1))).status).toBe("SUCCEEDED");
    expect(one.interruptions.outstanding).toEqual([]);
    expect([...new Set(beats)]).toEqual(["/ping"]);
  });

  it("says nothing of an old run that comes back: no heartbeat, no metric", async () => {
    const role = await deploy();
    for (let nth = 1; nth <= 5; nth++) one.interruptions.plan({ role, action: "kms:Sign", nth, phase: "asked", how: "kill" });
    const failed = await one.startScheduled(night(1));
    one.interruptions.clear();
    expect(failed.status).toBe("FAILED");
    expect((await one.startScheduled(night(2))).status).toBe("SUCCEEDED");
    const before = [one.metrics().length, beats.length];
    expect((await one.redrive(failed)).status).toBe("SUCCEEDED");
    expect([one.metrics().length, beats.length]).toEqual(before);
  });

  it("leaves a run to the later one that took it over, and does not say that it completed", async () => {
    const role = await deploy();
    for (let nth = 1; nth <= 5; nth++) one.interruptions.plan({ role, action: "dynamodb:Query", nth, phase: "asked", how: "kill" });
    const failed = await one.startScheduled(night(1));
    one.interruptions.clear();
    expect(failed.status).toBe("FAILED");
    expect((await one.startScheduled(night(2))).status).toBe("SUCCEEDED");
    const told = one.inbox().length;
    expect((await one.redrive(failed)).status).toBe("SUCCEEDED");
    expect([one.inbox().length, count("RunsCompleted")]).toEqual([told, 1]);
  });
});
