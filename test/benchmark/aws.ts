import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack } from "aws-cdk-lib";
import { Sealwatch } from "../../lib/stack/sealwatch.ts";
import { deployLocally, type LocalDeployment } from "../aws/deploy-locally.ts";
import { newRecommendedApp } from "../aws/example-stack.ts";
import { OVERHEAD_MEGABYTES } from "../aws/lambda-process.ts";
import type { Template } from "../aws/resolve-template.ts";
import { FIXED, PRICES, SECRET_MONTH } from "./aws-prices.ts";
import type { Started } from "./registry-child.ts";

/**
 * The synthesized stack on this machine, over several registries: time, memory and calls of a first night, an unchanged one and unchanged
 * ones that recheck in turns, and what a month of these would cost. Arguments: releases (20,000), repositories (40), registries (4).
 */
const [releases, repositories, registries] = [20_000, 40, 4].map((otherwise, at) => Number(process.argv[at + 2] ?? otherwise)) as [
  number,
  number,
  number,
];
const HEAP_LIMIT_MEGABYTES = 256;
const AUDIT_MEMORY_GIGABYTES = 1;
/** A function of 1,024 MB has this share of a processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const PROCESSOR_SHARE = 1024 / 1769;

interface Night {
  readonly seconds: number;
  readonly billedSeconds: number;
  readonly invocations: number;
  readonly auditMegabytes: number;
  readonly reads: number;
  readonly writes: number;
  readonly objects: number;
  readonly messages: number;
  readonly logBytes: number;
}

const folder = mkdtempSync(join(tmpdir(), "sealwatch-benchmark-aws-"));
const children: ChildProcess[] = [];

async function startRegistries(): Promise<Started[]> {
  const each = [String(releases / repositories), "api", "0", String(repositories / registries)];
  return Promise.all(
    Array.from({ length: registries }, () => {
      const child = fork(join(import.meta.dirname, "registry-child.ts"), each);
      children.push(child);
      return new Promise<Started>((resolve) => child.once("message", (message) => resolve(message as Started)));
    }),
  );
}

async function deploy(name: string, started: readonly Started[], recheck: string | { readonly rolling: number }): Promise<LocalDeployment> {
  started.forEach(({ pem }, at) => writeFileSync(join(folder, `release-${at}.pub`), pem));
  const names = Array.from({ length: repositories / registries }, (_, at) => (at === 0 ? "app" : `app-${at}`));
  const list = {
    version: 1,
    policies: Object.fromEntries(started.map((_, at) => [`release-${at}`, { signers: [{ key: `release-${at}.pub` }] }])),
    repositories: started.flatMap(({ host }, at) =>
      names.map((repository) => ({ repository: `${host}/${repository}`, policy: `release-${at}`, recheck })),
    ),
  };
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, JSON.stringify(list));
  const app = await newRecommendedApp(join(folder, name));
  const stack = new Stack(app, "Sealwatch", { env: { account: "111122223333", region: "eu-central-1" } });
  const audit = new Sealwatch(stack, "Audit", { watchlist: path });
  audit.node.addMetadata("benchmark", name);
  return deployLocally(app.synth().directory, { edit: limitHeaps });
}

/** An audit that needs more than the bar dies, and the night with it. Here a process has what its memory leaves beside {@link OVERHEAD_MEGABYTES}. */
function limitHeaps(template: Template): Template {
  const copy = structuredClone(template);
  for (const { Type, Properties } of Object.values(copy.Resources))
    if (Type === "AWS::Lambda::Function") Object.assign(Properties ?? {}, { MemorySize: HEAP_LIMIT_MEGABYTES + OVERHEAD_MEGABYTES });
  return copy;
}

function countsOf(one: LocalDeployment): Night {
  const statistics = one.functions.map(({ lambda }) => lambda.statistics);
  const calls = (action: string): number => one.calls().reduce((sum, record) => sum + (record.action === action ? record.count : 0), 0);
  const audit = one.functions.find(({ id }) => id.startsWith("Auditaudit"))!;
  return {
    seconds: performance.now() / 1000,
    billedSeconds: statistics.reduce((sum, { billedMilliseconds }) => sum + billedMilliseconds / 1000, 0),
    invocations: statistics.reduce((sum, { invocations }) => sum + invocations, 0),
    auditMegabytes: audit.lambda.statistics.peakMegabytes,
    ...one.aws.capacity(),
    objects: calls("s3:PutObject"),
    messages: calls("sns:Publish"),
    logBytes: one.logs().reduce((sum, { text }) => sum + text.length, 0),
  };
}

async function spendNight(one: LocalDeployment, day: number): Promise<Night> {
  const before = countsOf(one);
  const { status, cause } = await one.startScheduled(`2026-11-${String(day).padStart(2, "0")}T02:00:00Z`);
  if (status !== "SUCCEEDED") throw new Error(`the night of day ${day}: ${status} ${cause ?? ""}`);
  if (one.denied().length > 0) throw new Error(`denied: ${JSON.stringify(one.denied())}`);
  const signed = one.metrics().findLast(({ name }) => name === "Signed")?.value;
  if (signed !== releases) throw new Error(`not every release came out signed: ${signed}`);
  const after = countsOf(one);
  const entries = Object.entries(after).map(([name, value]) => [name, value - before[name as keyof Night]]);
  return { ...(Object.fromEntries(entries) as unknown as Night), auditMegabytes: after.auditMegabytes };
}

/** USD of one night, by what is paid for. */
function priceOf(night: Night): Record<string, number> {
  // Plan, self-check, map, conclusion, two choices and the end; a map a registry; audit, choice and end a repository.
  const transitions = 8 + registries + 3 * repositories;
  return {
    Lambda:
      (night.billedSeconds / PROCESSOR_SHARE) * AUDIT_MEMORY_GIGABYTES * PRICES.lambdaGigabyteSecond +
      night.invocations * PRICES.lambdaRequest,
    "Step Functions": transitions * PRICES.stateTransition,
    DynamoDB: night.reads * PRICES.readUnit + night.writes * PRICES.writeUnit,
    "S3, SNS": night.objects * PRICES.objectWrite + registries * PRICES.objectRead + night.messages * PRICES.publish,
    Logs: (night.logBytes / 2 ** 30) * PRICES.logGigabyte,
  };
}

function reportNight(name: string, night: Night, first: Night): void {
  const cells = [
    night.seconds.toFixed(1),
    `${((100 * night.seconds) / first.seconds).toFixed(0)} %`,
    night.auditMegabytes.toFixed(0),
    night.reads.toFixed(0),
    night.writes.toFixed(0),
    night.invocations.toFixed(0),
  ];
  process.stdout.write(`| ${name} | ${cells.join(" | ")} |\n`);
}

function reportPrice(name: string, night: Night, nights: number): void {
  const prices = Object.entries(priceOf(night)).map(([what, price]) => [what, price * nights] as const);
  const sum = prices.reduce((total, [, price]) => total + price, 0);
  const parts = prices.map(([what, price]) => `${what} ${price.toFixed(3)}`).join(", ");
  process.stdout.write(`${name}: ${sum.toFixed(2)} USD (${parts})\n`);
}

try {
  const started = await startRegistries();
  process.stdout.write(`${releases} releases in ${repositories} repositories on ${registries} registries, Node ${process.version}\n\n`);
  process.stdout.write(
    "| night | wall s | of the first | audit peak MB (heap at most 256) | reads | writes | calls of functions |\n|---|---|---|---|---|---|---|\n",
  );
  const nightly = await deploy("nightly", started, "nightly");
  const first = await spendNight(nightly, 1);
  reportNight("first", first, first);
  const unchanged = await spendNight(nightly, 2);
  reportNight("unchanged", unchanged, first);
  await nightly.close();
  const turns = await deploy("rolling", started, { rolling: 14 });
  await spendNight(turns, 1);
  const rolling = await spendNight(turns, 2);
  reportNight("unchanged, rolling 14", rolling, first);
  await turns.close();
  process.stdout.write("\n");
  reportPrice("the first night", first, 1);
  reportPrice("30 unchanged nights", unchanged, 30);
  reportPrice("30 unchanged nights, rolling 14", rolling, 30);
  const fixed = FIXED.map(([what, price, count]) => `${what} ${(price * count).toFixed(2)}`).join(", ");
  const sum = FIXED.reduce((total, [, price, count]) => total + price * count, 0);
  process.stdout.write(`fixed: ${sum.toFixed(2)} USD a month (${fixed}), ${SECRET_MONTH.toFixed(2)} a secret; without any free tier\n`);
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}
