import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { afterEach, beforeEach } from "vitest";
import { Sealwatch, type SealwatchProps } from "../../lib/stack/sealwatch.ts";
import { newRecommendedApp } from "../aws/example-stack.ts";

/** The example watch list. */
export const LIST = join(import.meta.dirname, "sealwatch.yaml");

/** For what a test writes and synthesizes. */
export let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sealwatch-stack-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

export async function createStack(props: Partial<SealwatchProps> = {}): Promise<Stack> {
  const app = await newRecommendedApp(join(directory, "cdk.out"));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  const stack = new Stack(app, "Team", { env: { account: "111122223333", region: "eu-central-1" } });
  const audit = new Sealwatch(stack, "Audit", { watchlist: LIST, ...props });
  audit.node.addMetadata("test", "stack");
  return stack;
}

let usual: Promise<Template> | null = null;

/** Without properties the template is always the same, and synthesized once for all tests of a file. */
export function synthesize(props?: Partial<SealwatchProps>): Promise<Template> {
  if (props === undefined) return (usual ??= synthesize({}));
  return createStack(props).then((stack) => Template.fromStack(stack));
}

export interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

export function statementsOf(template: Template): Statement[] {
  const policies = Object.values(template.findResources("AWS::IAM::Policy"));
  return policies.flatMap(({ Properties }) => (Properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement);
}
