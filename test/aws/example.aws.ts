import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readCloudAssembly } from "./cloud-assembly.ts";
import { deployLocally, type DeployOptions, type LocalDeployment } from "./deploy-locally.ts";
import { synthesizeExample } from "./example-stack.ts";
import { listGrants, withoutGrant } from "./grants.ts";
import type { Template } from "./resolve-template.ts";

const NIGHT = "2026-11-21T02:00:00Z";
/** Nine repositories, one of them poisoned: two pages of each other, and one mark of the one that was throttled. */
const ITEMS = 17;
const PAGES = 16;

describe("the example", () => {
  let directory: string;
  let assembly: string;
  const deployed: LocalDeployment[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "example-"));
    assembly = await synthesizeExample(directory);
  });
  afterEach(async () => {
    for (const one of deployed.splice(0)) await one.close();
  });
  afterAll(() => rm(directory, { recursive: true }));

  const deploy = async (options: DeployOptions = {}): Promise<LocalDeployment> => {
    const made = await deployLocally(assembly, options);
    deployed.push(made);
    return made;
  };
  const countItems = async (one: LocalDeployment): Promise<number> => {
    const TableName = one.aws.resources.tables[0]!.name;
    return (await one.aws.operator(DynamoDBClient).send(new ScanCommand({ TableName, Select: "COUNT" }))).Count ?? 0;
  };
  const countPages = (one: LocalDeployment): number => one.metrics().reduce((sum, { value }) => sum + value, 0);
  const isWhole = async (one: LocalDeployment): Promise<boolean> => {
    const planned = one.logs().filter(({ text }) => text.includes('"planned"')).length;
    return planned === 1 && one.inbox().length === 1 && (await countItems(one)) === ITEMS && countPages(one) === PAGES;
  };

  it("runs its night with the permissions of its template", async () => {
    const one = await deploy();
    const execution = await one.startScheduled(NIGHT);
    expect([execution.status, execution.cause]).toEqual(["SUCCEEDED", null]);
    expect(one.denied()).toEqual([]);
    expect(one.inbox()).toEqual([expect.objectContaining({ subject: `Run ${NIGHT}`, message: "Registries: 2" })]);
    expect([await countItems(one), countPages(one)]).toEqual([ITEMS, PAGES]);
  });

  it("needs every statement of its template", async () => {
    const { template, place } = await readCloudAssembly(assembly);
    const statements = [...new Set(listGrants(template, place).map(({ statement }) => statement))];
    const harmless: string[] = [];
    for (const statement of statements) {
      const one = await deployLocally(assembly, { edit: (whole) => withoutGrant(whole, { statement }) });
      const execution = await one.startScheduled(NIGHT).catch(() => null);
      if (execution?.status === "SUCCEEDED" && (await isWhole(one))) harmless.push(statement);
      await one.close();
    }
    process.stdout.write(`${statements.length} statements, each taken away once: ${harmless.length} not missed\n`);
    // What only people do, stop and redrive, no night misses.
    const forPeople = listGrants(template, place).filter(({ action }) => /^states:(?:Stop|Redrive)Execution$/.test(action));
    expect(harmless.toSorted()).toEqual(forPeople.map(({ statement }) => statement).toSorted());
    expect(statements.length - harmless.length).toBe(11);
  });

  it("is none the worse for a process that is killed after its write", async () => {
    const one = await deploy();
    const role = one.functions.find(({ id }) => id.startsWith("Work"))!.role;
    one.interruptions.plan({ role, action: "dynamodb:PutItem", nth: 4, phase: "answered", how: "kill" });
    expect((await one.startScheduled(NIGHT)).status).toBe("SUCCEEDED");
    expect(one.interruptions.outstanding).toEqual([]);
    expect(one.functions.map(({ lambda }) => lambda.statistics.crashes)).toContain(1);
    expect(await countItems(one)).toBe(ITEMS);
  });

  it("goes on where it failed, and repeats nothing else", async () => {
    const one = await deploy();
    const role = one.functions.find(({ id }) => id.startsWith("Plan"))!.role;
    for (const nth of [1, 2, 3]) one.interruptions.plan({ role, action: "s3:PutObject", nth, phase: "asked", how: "kill" });
    const failed = await one.startScheduled(NIGHT);
    expect([failed.status, failed.error]).toEqual(["FAILED", "Lambda.Unknown"]);
    expect([one.inbox().length, one.undelivered()]).toEqual([1, []]);
    expect(JSON.parse(one.inbox()[0]!.message)).toMatchObject({ detail: { status: "FAILED", error: "Lambda.Unknown" } });
    const redriven = await one.redrive(failed);
    expect([redriven.status, redriven.redrives, await countItems(one)]).toEqual(["SUCCEEDED", 1, ITEMS]);
  });

  it("cannot tell of a failure where the topic's key is not for EventBridge", async () => {
    const forget = (template: Template): Template => {
      const copy = structuredClone(template);
      for (const { Type, Properties } of Object.values(copy.Resources))
        if (Type === "AWS::KMS::Key") (Properties!["KeyPolicy"] as { Statement: unknown[] }).Statement.pop();
      return copy;
    };
    const one = await deploy({ edit: forget });
    await one.start({ noRun: true });
    expect(one.undelivered().map(({ why }) => why)).toEqual(["the key's policy does not allow kms:GenerateDataKey"]);
  });

  it("goes on where a map failed, for which its role needs a statement of its own", async () => {
    const { template, place } = await readCloudAssembly(assembly);
    const grant = listGrants(template, place).find(({ action }) => action === "states:RedriveExecution")!;
    for (const options of [{}, { edit: (whole: Template) => withoutGrant(whole, grant) }]) {
      const one = await deploy({ ...options, processes: 1 });
      const role = one.functions.find(({ id }) => id.startsWith("Work"))!.role;
      for (let nth = 1; nth <= 30; nth++) one.interruptions.plan({ role, action: "dynamodb:PutItem", nth, phase: "asked", how: "kill" });
      const failed = await one.startScheduled(NIGHT);
      one.interruptions.clear();
      expect([failed.status, failed.error]).toEqual(["FAILED", "States.ExceedToleratedFailureThreshold"]);
      const redriven = await one.redrive(failed);
      expect(redriven.error).toBe("edit" in options ? "States.Permissions" : null);
    }
  });

  it("says how its functions started, what memory they had, and what was granted and not seen", async () => {
    const one = await deploy();
    await one.startScheduled(NIGHT);
    for (const { lambda } of one.functions) {
      expect(lambda.statistics.coldStartMilliseconds[0]).toBeGreaterThan(0);
      expect(lambda.statistics.peakMegabytes).toBeLessThan(lambda.settings.memoryMegabytes);
    }
    const unused = one.unusedGrants().map(({ action }) => action);
    expect(unused).toContain("states:StopExecution");
    expect(unused).not.toContain("dynamodb:PutItem");
  });

  it("has the result writer in its template, which CDK drops without its flag", async () => {
    expect(await readFile(join(assembly, "Example.template.json"), "utf8")).toContain("ResultWriter");
  });
});
