import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { createStack, directory, statementsOf, synthesize } from "./synthesize.ts";

describe.skipIf(!existsSync(join(import.meta.dirname, "..", "..", "dist", "lambdas", "plan", "index.mjs")))("a deployment", () => {
  it("may read the secrets and take the roles that the watch list names, and pull from ECR under any name", async () => {
    const path = join(directory, "sealwatch.yaml");
    const role = "arn:aws:iam::444455556666:role/reader";
    const secret = "arn:aws:secretsmanager:eu-central-1:444455556666:secret:prod/heartbeat";
    writeFileSync(
      path,
      `version: 1
policies: { release: { signers: [{ keyless: { issuer: "https://issuer.example", subject: "https://build.example/release" } }] } }
registries:
  quay.io: { credentials: "awssecret:///prod/quay" }
  ecr.internal: { credentials: ecr }
  444455556666.dkr.ecr.eu-west-1.amazonaws.com: { credentials: "ecr:${role}" }
repositories:
  - { repository: quay.io/acme/app, policy: release }
  - { repository: ecr.internal/acme/web, policy: release }
  - { repository: 444455556666.dkr.ecr.eu-west-1.amazonaws.com/acme/api, policy: release }
heartbeat: "awssecret:///${secret}"
`,
    );
    const statements = statementsOf(await synthesize({ watchlist: path }));
    const resourcesOf = (action: string): unknown[] =>
      statements.filter(({ Action }) => [Action].flat().includes(action)).map(({ Resource }) => Resource);
    expect(resourcesOf("secretsmanager:GetSecretValue")).toEqual([
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/quay-??????",
      // By an ARN nobody sees whether it ends with the name.
      [secret, `${secret}-??????`],
    ]);
    expect(resourcesOf("sts:AssumeRole")).toEqual([role]);
    expect(resourcesOf("ecr:BatchGetImage")).toEqual(["arn:aws:ecr:eu-central-1:111122223333:repository/acme/web"]);
  });

  it("is not synthesized from a watch list that needs files, variables or logins of this machine", async () => {
    const path = join(directory, "sealwatch.yaml");
    const policy = `policies: { release: { signers: [{ keyless: { issuer: "https://issuer.example", subject: "https://build.example/release" } }] } }`;
    const registries = `registries: { quay.io: { credentials: "env:USER,PASSWORD" }, ghcr.io: { credentials: docker } }`;
    const repositories = `repositories: [{ repository: quay.io/acme/app, policy: release }, { repository: ghcr.io/acme/app, policy: release }]`;
    writeFileSync(path, `version: 1\n${policy}\n${registries}\n${repositories}\nheartbeat: env:HEARTBEAT\n`);
    await expect(createStack({ watchlist: path })).rejects.toThrow(
      /quay\.io\.credentials.*found env; write awssecret[\s\S]*ghcr\.io\.credentials.*found docker[\s\S]*heartbeat.*found env/,
    );
  });

  it("may pull from more repositories than one policy can name", async () => {
    const path = join(directory, "sealwatch.yaml");
    const host = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";
    const names = Array.from({ length: 200 }, (_, at) => `  - { repository: ${host}/acme/a-service-with-a-name-${at}, policy: release }\n`);
    const policy = `{ signers: [{ keyless: { issuer: "https://issuer.example", subject: "https://build.example/release" } }] }`;
    writeFileSync(path, `version: 1\npolicies: { release: ${policy} }\nrepositories:\n${names.join("")}`);
    const template = await synthesize({ watchlist: path });
    const managed = Object.values(template.findResources("AWS::IAM::ManagedPolicy"));
    expect(managed.length).toBeGreaterThan(0);
    for (const { Properties } of managed)
      expect(JSON.stringify((Properties as { PolicyDocument: object }).PolicyDocument).length).toBeLessThanOrEqual(6144);
    const documents = [...managed, ...Object.values(template.findResources("AWS::IAM::Policy"))];
    expect(JSON.stringify(documents).match(/a-service-with-a-name-\d+"/g)).toHaveLength(200);
    const many = Array.from({ length: 1000 }, (_, at) => `  - { repository: ${host}/acme/a-service-with-a-name-${at}, policy: release }\n`);
    writeFileSync(path, `version: 1\npolicies: { release: ${policy} }\nrepositories:\n${many.join("")}`);
    await expect(createStack({ watchlist: path })).rejects.toThrow(
      /names 1000 repositories of ECR, 0 roles and 0 registries, which is more than one role/,
    );
  });

  it.each([
    [{ schedule: "nightly" }, /schedule: found nightly/],
    [{ schedule: "rate(7 days)" }, /schedule: found rate\(7 days\); write one that starts a run at least every six days/],
    [{ schedule: "cron(0 2 1 * ? *)" }, /by days of the week, such as cron\(0 2 \? \* MON-FRI \*\)/],
    [{ schedule: "cron(0 2 * * * *)" }, /schedule: found cron\(0 2 \* \* \* \*\); write cron\(0 2 \* \* \? \*\)/],
    [{ timezone: "+02:00" }, /timezone: found \+02:00/],
    [{ timezone: "EUROPE/BERLIN" }, /timezone: found EUROPE\/BERLIN/],
    [{ timezone: "europe/berlin" }, /timezone: found europe\/berlin/],
    [{ timezone: "Mars/Olympus" }, /timezone: found Mars\/Olympus/],
    [{ email: "oncall" }, /email: found oncall/],
  ])("refuses %o before anything is deployed", async (props, message) => {
    await expect(createStack(props)).rejects.toThrow(message);
  });

  it("starts at four by local time, where nobody says when: no clock is changed then", async () => {
    const template = await synthesize({ timezone: "Europe/Berlin" });
    expect(() => template.hasResourceProperties("AWS::Scheduler::Schedule", { ScheduleExpression: "cron(0 4 * * ? *)" })).not.toThrow();
  });

  it("lets services work for its own account only", async () => {
    const condition = { StringEquals: { "aws:SourceAccount": "111122223333" } };
    const template = await synthesize();
    for (const Service of ["states.amazonaws.com", "scheduler.amazonaws.com"])
      expect(() =>
        template.hasResourceProperties("AWS::IAM::Role", {
          AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service }, Condition: condition })] },
        }),
      ).not.toThrow();
  });
});
