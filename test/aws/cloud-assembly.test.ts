import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCloudAssembly } from "./cloud-assembly.ts";

describe("a cloud assembly", () => {
  let directory: string;
  const write = (name: string, content: unknown) => writeFile(join(directory, name), JSON.stringify(content));
  const stack = (environment: string) => ({
    type: "aws:cloudformation:stack",
    environment,
    properties: { templateFile: "S.template.json" },
  });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "assembly-"));
    await write("S.template.json", { Resources: {} });
    await write("S.assets.json", {
      files: {
        a: {
          source: { path: "asset.a", packaging: "zip" },
          destinations: { x: { bucketName: "assets-${AWS::AccountId}-${AWS::Region}", objectKey: "a.zip" } },
        },
        b: { source: { path: "asset.b.yaml", packaging: "file" }, destinations: { x: { bucketName: "assets", objectKey: "b.yaml" } } },
      },
    });
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("gives its stack, where it goes, and what is uploaded", async () => {
    await write("manifest.json", {
      artifacts: {
        S: stack("aws://1/eu-west-1"),
        "S.assets": { type: "cdk:asset-manifest", properties: { file: "S.assets.json" } },
        Tree: { type: "cdk:tree" },
      },
    });
    expect(await readCloudAssembly(directory)).toEqual({
      template: { Resources: {} },
      place: { stackName: "S", account: "1", region: "eu-west-1" },
      assets: [
        { path: join(directory, "asset.a"), isFolder: true, bucket: "assets-1-eu-west-1", key: "a.zip" },
        { path: join(directory, "asset.b.yaml"), isFolder: false, bucket: "assets", key: "b.yaml" },
      ],
    });
  });

  it("puts a stack that says nothing of it anywhere", async () => {
    await write("manifest.json", { artifacts: { S: stack("aws://unknown-account/unknown-region") } });
    expect((await readCloudAssembly(directory)).place).toEqual({ stackName: "S", account: "111122223333", region: "eu-central-1" });
  });

  it("is refused where it is not said which of its stacks", async () => {
    await write("manifest.json", { artifacts: { S: stack("aws://1/eu-west-1"), T: stack("aws://1/eu-west-1") } });
    await expect(readCloudAssembly(directory)).rejects.toThrow("2 stacks fit any name, not one");
    expect((await readCloudAssembly(directory, "T")).place.stackName).toBe("T");
  });
});
