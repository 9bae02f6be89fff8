import { App, aws_ec2 as ec2, Duration, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { Sealwatch } from "../lib/stack/sealwatch.ts";

/** `npx cdk deploy -c watchlist=sealwatch.yaml [-c schedule=…] [-c timezone=…] [-c email=…] [-c vpc=…] [-c lockHeads=DAYS]` */
const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

try {
  createStack();
} catch (error) {
  // The fault is in the watch list or the options, so a stack trace helps nobody.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function createStack(): void {
  const watchlist = read("watchlist");
  if (watchlist === undefined) throw new Error("which watch list? Add -c watchlist=sealwatch.yaml");
  const [schedule, timezone, email, vpcId, lockHeads] = ["schedule", "timezone", "email", "vpc", "lockHeads"].map(read);
  // A network is looked up in an account, so the account must be known.
  const account = process.env["CDK_DEFAULT_ACCOUNT"];
  const region = process.env["CDK_DEFAULT_REGION"];
  const env = vpcId !== undefined && account !== undefined && region !== undefined ? { account, region } : undefined;
  const stack = new Stack(app, "Sealwatch", { description: "Audits container-image signatures every night", ...(env && { env }) });
  const audit = new Sealwatch(stack, "Audit", {
    watchlist,
    ...(schedule !== undefined && { schedule }),
    ...(timezone !== undefined && { timezone }),
    ...(email !== undefined && { email }),
    ...(lockHeads !== undefined && { lockHeads: readDays(lockHeads) }),
    ...(vpcId !== undefined && { vpc: ec2.Vpc.fromLookup(stack, "Vpc", { vpcId }) }),
  });
  audit.node.addMetadata("watchlist", watchlist);
}

function read(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  if (value === "") throw new Error(`${name}: nothing stands behind -c ${name}=`);
  return typeof value === "string" ? value : undefined;
}

function readDays(text: string): Duration {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`lockHeads: found ${text}; write a number of days such as 400`);
  return Duration.days(Number(text));
}
