import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startStory, writeWatchList, type Story } from "../../bin/demo/story.ts";
import { parseTableAddress } from "../../bin/doors/table-address.ts";
import { HAS_DYNAMODB, startDynamodb } from "../history/dynamodb-server.ts";
import { makeDirectory } from "./make-directory.ts";
import { runCommand, type Outcome } from "./run-command.ts";

describe("--history dynamodb://", () => {
  it.each([
    ["dynamodb://sealwatch", { table: "sealwatch", region: null, heads: null }],
    ["dynamodb://a_b.c-D9?region=eu-central-1", { table: "a_b.c-D9", region: "eu-central-1", heads: null }],
    [
      "dynamodb://sealwatch?region=eu-central-1&heads=audit-storage.1",
      { table: "sealwatch", region: "eu-central-1", heads: "audit-storage.1" },
    ],
    ["dynamodb://sealwatch?region=us-gov-west-1", { table: "sealwatch", region: "us-gov-west-1", heads: null }],
    ["dynamodb.db", null],
    ["./dynamodb:/x", null],
  ])("%s is a table or a file", (text, address) => {
    expect(parseTableAddress(text)).toEqual(address);
  });

  it.each([
    "dynamodb:",
    "dynamodb:sealwatch",
    "dynamodb://",
    "dynamodb://ab",
    "dynamodb://sealwatch/",
    "dynamodb://seal watch",
    "dynamodb://sealwatch?region=",
    "dynamodb://sealwatch?Region=eu-central-1",
    "dynamodb://sealwatch?region=eu-central-1&x=1",
    "dynamodb://sealwatch?region=evil.example",
  ])("%s is refused with what to write", async (history) => {
    const { code, stdout, stderr } = await runCommand(["findings", "--history", history], { cwd: makeDirectory() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("write dynamodb://TABLE or dynamodb://TABLE?region=REGION");
  });
});

describe.skipIf(!HAS_DYNAMODB)("a history in DynamoDB", () => {
  const server = startDynamodb();
  let story: Story;
  let cwd: string;
  let table: string;
  let run: (...args: string[]) => Promise<Outcome>;

  beforeEach(async () => {
    [story, table] = await Promise.all([startStory(), server.createTable()]);
    cwd = makeDirectory();
    writeFileSync(join(cwd, "release.pub"), story.publicKey);
    writeFileSync(join(cwd, "sealwatch.yaml"), writeWatchList(story.registry.host));
    const env = { ...server.environment, SEALWATCH_HISTORY: `dynamodb://${table}` };
    run = (...args) => runCommand(args, { cwd, env });
  });
  afterEach(async () => {
    await Promise.all([story.registry.close(), server.dropTable(table)]);
  });

  it("remembers one night until the next, and its findings can be listed, shown and acknowledged", async () => {
    story.nights[0]!.happen();
    expect(await run("audit", "--now", "2026-11-10T02:00:00Z")).toMatchObject({ code: 0 });
    expect(await run("findings", "list")).toMatchObject({ code: 0, stdout: "No open findings.\n" });
    story.nights[1]!.happen();
    const { code, stdout } = await run("audit", "--now", "2026-11-11T02:00:00Z");
    expect(code).toBe(1);
    expect(stdout).toContain(`--history dynamodb://${table}`);
    const listed = await run("findings", "list", "--json");
    const findings = JSON.parse(listed.stdout) as { id: string; cause: string }[];
    expect(findings.map(({ cause }) => cause).toSorted()).toEqual([
      "release-unsigned",
      "release-unsigned",
      "signature-deleted",
      "tag-moved",
    ]);
    const { id } = findings[0]!;
    expect((await run("findings", "show", id)).stdout).toContain(id);
    const taken = await run("findings", "acknowledge", id, "--until", "3d", "--reason", "is being rebuilt", "--owner", "platform");
    expect(taken).toMatchObject({ code: 0, stdout: expect.stringMatching(/ acknowledged until /) });
    expect((await run("audit", "--now", "2026-11-11T02:00:00Z")).code).toBe(1);
  });

  it("that is not there is refused with the command that creates it", async () => {
    const { code, stdout, stderr } = await run("findings", "--history", "dynamodb://elsewhere?region=eu-west-1");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("read the history dynamodb://elsewhere?region=eu-west-1: the table does not exist in region eu-west-1");
    expect(stderr).toContain(
      "create it and let items expire by expires: aws dynamodb create-table --region eu-west-1 --table-name elsewhere",
    );
  });

  it("asks for credentials and a region where there are none", async () => {
    const bare = (env: Record<string, string>): Promise<Outcome> =>
      runCommand(["findings", "--history", "dynamodb://sealwatch"], { cwd, env: { AWS_EC2_METADATA_DISABLED: "true", ...env } });
    expect((await bare({ AWS_REGION: "eu-central-1" })).stderr).toMatch(/there are no AWS credentials \(.+\); set AWS_PROFILE/);
    const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    expect((await bare(credentials)).stderr).toMatch(/no AWS region is set; set AWS_REGION, or name it/);
  });
});
