import { createPublicKey, verify } from "node:crypto";
import { inspect } from "node:util";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDynamodbHistory } from "../../lib/history/dynamodb/store.ts";
import { verifyChain } from "../../lib/history/chain/verify-chain.ts";
import { readCloudAssembly } from "./cloud-assembly.ts";
import { deployLocally, type DeployOptions, type LocalDeployment } from "./deploy-locally.ts";
import { newJumpingClock } from "./execution-scope.ts";
import { listGrants, withoutGrant } from "./grants.ts";
import { UNSEEN } from "./unseen-grants.ts";
import { prepareScene, REPOSITORIES, type NightScene } from "./night-scene.ts";

const night = (day: number): string => `2026-11-${String(day).padStart(2, "0")}T02:00:00Z`;

describe("Sealwatch's own stack", () => {
  let scene: NightScene;
  let deployed: LocalDeployment[];
  const grants = new Map<string, { readonly statement: string; readonly action: string; used: boolean }>();
  beforeAll(async () => {
    scene = await prepareScene();
    for (const name of REPOSITORIES) for (const tag of ["1.0.0", "1.0.1"]) scene.push(name, tag);
  });
  beforeEach(() => {
    deployed = [];
    scene.registry.setFault(null);
  });
  afterEach(async () => {
    for (const one of deployed) {
      const unused = new Set(one.unusedGrants().map((grant) => JSON.stringify(grant)));
      for (const grant of one.grants()) {
        const key = JSON.stringify(grant);
        grants.set(key, { ...grant, used: grants.get(key)?.used === true || !unused.has(key) });
      }
      await one.close();
    }
  });
  afterAll(() => scene.close());

  const deploy = async (options: DeployOptions = {}): Promise<LocalDeployment> => {
    const one = await deployLocally(scene.assembly, { secrets: scene.secrets, ...options });
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

  /** Every item of the history by its key. */
  const readTable = async (one: LocalDeployment): Promise<ReadonlyMap<string, string>> => {
    const [table] = one.aws.resources.tables;
    const pages = paginateScan({ client: one.aws.operator(DynamoDBClient) }, { TableName: table!.name });
    const items = (await Array.fromAsync(pages)).flatMap(({ Items = [] }) => Items);
    return new Map(items.map((item) => [`${item["pk"]!.S}|${item["sk"]!.S}`, inspect(item, { sorted: true, depth: null })]));
  };

  /** The construct is `Audit`, and each function is named in it. */
  const roleOf = (one: LocalDeployment, name: "plan" | "audit" | "conclude"): string =>
    one.functions.find(({ id }) => id.startsWith(`Audit${name}`))!.role;

  it("audits a first night, is silent on an unchanged one, and tells a regression once, with nothing denied", async () => {
    const one = await deploy();
    expect(await run(one, 1)).toEqual([expect.stringContaining("[BASELINE]")]);
    const before = scene.registry.requests.count();
    const kept = await readTable(one);
    expect(await run(one, 2)).toEqual([]);
    const written = [...(await readTable(one))].flatMap(([key, item]) => (kept.get(key) === item ? [] : key));
    // The run's own record and document, the head of the chain with its signature, and what its calls left for each other.
    expect(written.filter((key) => !/^(?:RUN|DOCUMENT#|CHAIN\||TEXT#)/.test(key))).toEqual([]);
    expect(scene.registry.requests.count()).toBeGreaterThan(before);
    const bare = scene.push("team/app", "1.1.0", { signed: false });
    const told = await run(one, 3);
    expect(told).toEqual([expect.stringMatching(/^\[ALERT\] .*team\/app 1\.1\.0 unsigned/)]);
    expect(told[0]!.length).toBeLessThanOrEqual(100);
    expect(await run(one, 3)).toEqual([]);
    scene.sign("team/app", bare);
    expect(await run(one, 4)).toEqual([expect.stringContaining("[RECOVERED]")]);
    expect(one.denied()).toEqual([]);
    // One or two processes of audit served four nights.
    expect(one.calls().find(({ action }) => action === "ecr:GetAuthorizationToken")!.count).toBeLessThanOrEqual(2);
    expect(one.logs().filter(({ text }) => text.includes("correct horse"))).toEqual([]);
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
    const report = await verifyChain(store, { key: createPublicKey(Buffer.from(pem!)) });
    expect(report).toMatchObject({ fault: null, runs: 2, signed: true, waiting: 0, from: night(1), to: night(2) });
    expect(one.denied()).toEqual([]);
  });

  it("writes last month's report on the first night of the next, where its message says, and once", async () => {
    const one = await deploy();
    // Functions end by the true clock: nights to come are over before the next one begins.
    const start = async (day: string): Promise<void> => expect((await one.startScheduled(`${day}T02:00:00Z`)).status).toBe("SUCCEEDED");
    await start("2126-10-31");
    await start("2126-11-01");
    expect(one.inbox().map(({ subject }) => subject)).toEqual([
      expect.stringContaining("[BASELINE]"),
      expect.stringMatching(/^\[REPORT\] October 2126: (\d+) of \1 releases in 3 repositories signed\. 1 of 1 night complete/),
    ]);
    const [bucket] = one.aws.resources.buckets;
    const folder = `s3://${bucket!.name}/reports/2126-10/`;
    expect(one.inbox().at(-1)!.message).toContain(`\nWritten to: ${folder}\n  report.html, report.json, report.oscal.json, report.csv\n`);
    const load = async (name: string): Promise<string> => {
      const command = new GetObjectCommand({ Bucket: bucket!.name, Key: `reports/2126-10/${name}` });
      return (await one.aws.operator(S3Client).send(command)).Body!.transformToString();
    };
    const { sentence } = JSON.parse(await load("report.json")) as { sentence: string };
    expect(one.inbox().at(-1)!.message).toContain(`\nWhat it says: ${sentence}\n`);
    expect(await load("report.html")).toContain("<svg");
    await start("2126-11-02");
    expect(one.inbox()).toHaveLength(2);
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

  it("tells a repository whose audit dies each time, loses nothing of what it saw, and begins with it the next night", async () => {
    const one = await deploy();
    await run(one, 1);
    const image = scene.push("team/api", "5.0.0", { signed: false });
    const role = roleOf(one, "audit");
    // Only a change that is to be told is written with a condition on others: the audits of the other repositories live.
    const plan = { role, action: "dynamodb:ConditionCheckItem", phase: "asked", how: "kill" } as const;
    for (let nth = 1; nth <= 40; nth++) one.interruptions.plan({ ...plan, nth });
    expect(await run(one, 2)).toEqual([expect.stringMatching(/team\/api/)]);
    expect(one.inbox().at(-1)!.message).toContain("its audit broke off");
    one.interruptions.clear();
    expect(await run(one, 3)).toEqual([expect.stringContaining("1 release-unsigned")]);
    expect(one.inbox().at(-1)!.message).toMatch(/RECOVERED coverage-lost/);
    scene.sign("team/api", image);
    expect(await run(one, 4)).toEqual([expect.stringContaining("[RECOVERED]")]);
  });

  it("goes on where a failed run stopped, when it is redriven", async () => {
    const one = await deploy();
    const role = roleOf(one, "conclude");
    for (let nth = 1; nth <= 5; nth++) one.interruptions.plan({ role, action: "dynamodb:Query", nth, phase: "asked", how: "kill" });
    const failed = await one.startScheduled(night(1));
    one.interruptions.clear();
    expect(failed.status).toBe("FAILED");
    expect(one.inbox()[0]!.message).toMatch(
      /^\[FAILED\] Sealwatch: the run local-1 ended as FAILED\n.*\nTo do: https:.*#run-failed\nExecution: arn:aws:states:/,
    );
    const asked = scene.registry.requests.count();
    expect((await one.redrive(failed)).status).toBe("SUCCEEDED");
    expect(scene.registry.requests.count()).toBe(asked);
    expect(one.inbox().at(-1)?.subject).toContain("[BASELINE]");
  });

  it("tells by the next night what a run saw that failed and nobody redrove", async () => {
    const one = await deploy();
    await run(one, 1);
    scene.push("team/web", "6.0.0", { signed: false });
    const plan = { role: roleOf(one, "conclude"), action: "dynamodb:Query", phase: "asked", how: "kill" } as const;
    for (let nth = 1; nth <= 5; nth++) one.interruptions.plan({ ...plan, nth });
    expect((await one.startScheduled(night(2))).status).toBe("FAILED");
    one.interruptions.clear();
    expect(await run(one, 3)).toEqual([expect.stringMatching(/team\/web 6\.0\.0 unsigned/)]);
    expect(await run(one, 4)).toEqual([]);
  });

  it("says that a run is over also where it was killed after closing it", async () => {
    const one = await deploy();
    one.interruptions.plan({ role: roleOf(one, "conclude"), action: "s3:PutObject", phase: "asked", how: "kill" });
    expect(await run(one, 1)).toEqual([expect.stringContaining("[BASELINE]")]);
    expect(one.interruptions.outstanding).toEqual([]);
    expect(one.metrics().filter(({ name }) => name === "RunsCompleted")).toHaveLength(1);
    const bucket = one.aws.resources.buckets.find(({ id }) => id.startsWith("AuditStorage"));
    const summary = new GetObjectCommand({ Bucket: bucket!.name, Key: `runs/${night(1)}/summary.json` });
    const { Body } = await one.aws.operator(S3Client).send(summary);
    expect(JSON.parse(await Body!.transformToString())).toMatchObject({ run: { id: night(1), complete: true } });
  });

  it.each([
    { phase: "asked", told: 1 },
    { phase: "answered", told: 2 },
  ] as const)("tells under one id where it is killed over a message: $phase", async ({ phase, told }) => {
    const one = await deploy();
    await run(one, 1);
    scene.push("team/app", `7.0.${told}`, { signed: false });
    one.interruptions.plan({ role: roleOf(one, "conclude"), action: "sns:Publish", phase, how: "kill" });
    expect(await run(one, 2)).toHaveLength(told);
    expect(one.interruptions.outstanding).toEqual([]);
    const ids = one.inbox().flatMap(({ message }) => /findings acknowledge ([0-9A-Z]{8}) /.exec(message)?.[1] ?? []);
    expect([ids.length, new Set(ids).size]).toEqual([told, 1]);
  });

  it("misses every statement that is taken away", async () => {
    const { template, place } = await readCloudAssembly(scene.assembly);
    const statements = [...new Set(listGrants(template, place).map(({ statement }) => statement))];
    const harmless: string[] = [];
    for (const statement of statements) {
      const one = await deployLocally(scene.assembly, { secrets: scene.secrets, edit: (whole) => withoutGrant(whole, { statement }) });
      deployed.push(one);
      const image = scene.push("team/app", "9.0.0");
      const isWhole = async (): Promise<boolean> => {
        if ((await one.startScheduled("2026-10-31T02:00:00Z")).status !== "SUCCEEDED") return false;
        scene.unsign("team/app", image);
        // The first night of a month, on which a report is due.
        const second = await one.startScheduled(night(1));
        return second.status === "SUCCEEDED" && one.denied().length === 0 && one.inbox().length === 2 && one.metrics().length > 0;
      };
      if (await isWhole().catch(() => false)) harmless.push(statement);
      scene.sign("team/app", image);
      await one.close();
      deployed.pop();
    }
    process.stdout.write(`${statements.length} statements, each taken away once: ${harmless.length} not missed: ${harmless.join(", ")}\n`);
    const names = new Set<string | null>(UNSEEN.map(({ statement, whole }) => (whole ? statement : null)));
    expect(harmless.filter((statement) => !names.has(statement.split(" ")[1]!))).toEqual([]);
  });

  it("loses nothing when a function is killed in the middle", async () => {
    const one = await deploy();
    await run(one, 1);
    const image = scene.push("team/web", "2.0.0");
    await run(one, 2);
    scene.unsign("team/web", image);
    for (const name of ["plan", "audit", "conclude"] as const)
      one.interruptions.plan({ role: roleOf(one, name), action: "dynamodb:PutItem", nth: 2, phase: "answered", how: "kill" });
    expect(await run(one, 3)).toEqual([expect.stringMatching(/team\/web 2\.0\.0 lost its signature/)]);
    expect(one.interruptions.outstanding).toEqual([]);
    expect(one.denied()).toEqual([]);
  });

  it("grants nothing that these nights did not use, but for what is listed with its reason", () => {
    const unused = [...grants.values()].filter(({ used }) => !used);
    const isListed = ({ statement, action }: { statement: string; action: string }): boolean =>
      UNSEEN.some((unseen) => statement.endsWith(` ${unseen.statement}`) && (unseen.actions as readonly string[]).includes(action));
    expect(grants.size).toBeGreaterThan(20);
    expect(unused.filter((grant) => !isListed(grant))).toEqual([]);
  });
});
