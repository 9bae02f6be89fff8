import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sealwatch } from "../../lib/stack/sealwatch.ts";

const ROOT = join(import.meta.dirname, "..", "..");

describe("the construct as it is packed", () => {
  let out: string;
  beforeEach(() => {
    // Inside the checkout: it takes the CDK that the app around it has.
    out = mkdtempSync(join(ROOT, "node_modules", ".sealwatch-stack-"));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  it("is JavaScript with types, and deploys the functions that are packed with it", async () => {
    execFileSync(process.execPath, [join(ROOT, "bin", "build-stack.ts"), out], { cwd: ROOT });
    expect(readFileSync(join(out, "sealwatch.d.ts"), "utf8")).toContain("readonly watchlist: string;");
    const packed = (await import(pathToFileURL(join(out, "sealwatch.js")).href)) as { Sealwatch: typeof Sealwatch };
    const stack = new Stack(new App({ outdir: join(out, "cdk.out"), analyticsReporting: false }), "Team");
    const audit = new packed.Sealwatch(stack, "Audit", {
      watchlist: join(import.meta.dirname, "sealwatch.yaml"),
      bundles: join(ROOT, "dist", "lambdas"),
    });
    expect(Object.keys(Template.fromStack(stack).findResources("AWS::Lambda::Function"))).toHaveLength(3);
    expect(audit.node.path).toBe("Team/Audit");
  });
});
