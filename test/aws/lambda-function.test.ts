import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LambdaFunction, type Concurrency, type LogLine } from "./lambda-function.ts";
import type { LambdaSettings } from "./lambda-process.ts";
import { readMetrics } from "./read-metrics.ts";

const SOURCE = `
let served = 0;
export const handler = async (event, context) => {
  console.log("serving " + event.do);
  switch (event.do) {
    case "count": return { served: ++served, left: context.getRemainingTimeInMillis(), name: context.functionName };
    case "environment": return process.env;
    case "throw": throw Object.assign(new Error("no such thing"), { name: "RegistryError" });
    case "exit": process.exit(3);
    case "hang": return new Promise(() => setTimeout(() => {}, 60000));
    case "nothing": return undefined;
    case "large": return "x".repeat(7 * 1024 * 1024);
    case "leave": setInterval(() => served++, 1); return { served };
  }
};
`;

describe("a function", () => {
  let directory: string;
  const lines: LogLine[] = [];
  const started: LambdaFunction[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "lambda-"));
    await writeFile(join(directory, "index.mjs"), SOURCE);
  });
  afterEach(() => {
    for (const one of started.splice(0)) one.killAll();
    lines.length = 0;
  });
  afterAll(() => rm(directory, { recursive: true }));

  const deploy = (settings: Partial<LambdaSettings> = {}, concurrency: Concurrency = { processes: 2 }): LambdaFunction => {
    const whole = {
      name: "F",
      directory,
      handler: "index.handler",
      memoryMegabytes: 256,
      timeoutSeconds: 20,
      environment: {},
      ...settings,
    };
    const deployed = new LambdaFunction(whole, concurrency, (line) => lines.push(line));
    started.push(deployed);
    return deployed;
  };

  it("serves one event after the other in one process, which knows its name and its time", async () => {
    const deployed = deploy();
    await deployed.invoke({ do: "count" });
    const second = await deployed.invoke({ do: "count" });
    expect(second).toMatchObject({ kind: "answered", payload: { served: 2, name: "F" } });
    expect((second as { payload: { left: number } }).payload.left).toBeGreaterThan(15_000);
    const { coldStartMilliseconds, peakMegabytes, invocations } = deployed.statistics;
    expect([coldStartMilliseconds.length, invocations]).toEqual([1, 2]);
    expect(peakMegabytes).toBeGreaterThan(20);
    expect(lines.map(({ text }) => text)).toEqual(["serving count", "serving count"]);
  });

  it("serves events side by side in several processes, and makes the rest wait", async () => {
    const deployed = deploy();
    const results = await Promise.all([1, 2, 3, 4].map(() => deployed.invoke({ do: "count" })));
    expect(results.every(({ kind }) => kind === "answered")).toBe(true);
    expect(deployed.statistics.coldStartMilliseconds).toHaveLength(2);
  });

  it("refuses what is over its reserved concurrency", async () => {
    const deployed = deploy({}, { processes: 2, reserved: 1 });
    const [, refused] = await Promise.all([deployed.invoke({ do: "count" }), deployed.invoke({ do: "count" })]);
    expect(refused).toMatchObject({ kind: "failed", error: { errorType: "Lambda.TooManyRequestsException" } });
  });

  it("has the environment of the template and of Lambda, and nothing of this machine's", async () => {
    const { payload } = (await deploy({ environment: { TABLE: "history" } }).invoke({ do: "environment" })) as { payload: object };
    expect(payload).toMatchObject({ TABLE: "history", AWS_LAMBDA_FUNCTION_NAME: "F", AWS_SESSION_TOKEN: "F/0" });
    expect(payload).not.toHaveProperty("HOME");
  });

  it("reports what its handler throws by name, and lives on", async () => {
    const deployed = deploy();
    expect(await deployed.invoke({ do: "throw" })).toMatchObject({
      kind: "failed",
      error: { errorType: "RegistryError", errorMessage: "no such thing" },
    });
    expect(await deployed.invoke({ do: "nothing" })).toEqual({ kind: "answered", payload: null });
    expect(deployed.statistics.coldStartMilliseconds).toHaveLength(1);
  });

  it("does nothing between two events", async () => {
    const deployed = deploy();
    await deployed.invoke({ do: "leave" });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const next = (await deployed.invoke({ do: "count" })) as { payload: { served: number } };
    expect(next.payload.served).toBeLessThan(50);
  });

  it.each(["exit", "hang"])("starts anew after a crash: %s", async (fault) => {
    const deployed = deploy({ timeoutSeconds: 1 });
    const errorType = fault === "exit" ? "Runtime.ExitError" : "Sandbox.Timedout";
    expect(await deployed.invoke({ do: fault })).toMatchObject({ kind: "crashed", error: { errorType } });
    expect(await deployed.invoke({ do: "count" })).toMatchObject({ kind: "answered", payload: { served: 1 } });
    expect(deployed.statistics.crashes).toBe(1);
  });

  it("is killed in the middle of an event", async () => {
    const deployed = deploy();
    await deployed.invoke({ do: "count" });
    const hanging = deployed.invoke({ do: "hang" });
    await expect.poll(() => lines.length).toBe(2);
    expect(deployed.kill("F/0")).toBe(true);
    expect(await hanging).toMatchObject({ kind: "crashed" });
    expect(deployed.kill("F/0")).toBe(false);
  });

  it("fails over 6 MB, and where its module is not there", async () => {
    expect(await deploy().invoke({ do: "large" })).toMatchObject({ kind: "failed", error: { errorType: "Function.ResponseSizeTooLarge" } });
    expect(await deploy({ handler: "nowhere.handler" }).invoke({})).toMatchObject({ kind: "crashed" });
  });
});

describe("a line of a log", () => {
  it("gives its metrics, one for each value and set of dimensions", () => {
    const directive = {
      Namespace: "Sealwatch",
      Dimensions: [["service"], ["service", "registry"]],
      Metrics: [{ Name: "Signed", Unit: "Count" }],
    };
    const line = JSON.stringify({
      _aws: { Timestamp: 0, CloudWatchMetrics: [directive] },
      service: "audit",
      registry: "r",
      Signed: [3, 4],
    });
    expect(readMetrics(line).map(({ value, dimensions }) => [value, Object.keys(dimensions).length])).toEqual([
      [3, 1],
      [3, 2],
      [4, 1],
      [4, 2],
    ]);
  });

  it.each(["plain text", "{ broken", '{"level":"INFO"}'])("without metrics gives none: %s", (line) => {
    expect(readMetrics(line)).toEqual([]);
  });
});
