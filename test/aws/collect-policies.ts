import { evaluatePolicy } from "./evaluate-policy.ts";
import { readList } from "./match-pattern.ts";
import { readStatements, type Statement } from "./policy-statement.ts";
import { resourcesOf, type ResolvedResource, type ResolvedTemplate } from "./resolve-template.ts";

/** A role of the template with all that its own policies say. */
export interface Role {
  /** The logical id: the name of the role in every report, and the access key id of whoever has it. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly statements: readonly Statement[];
  /** Whether its trust policy lets the service (`lambda.amazonaws.com`) have it. */
  isTrusting(service: string): boolean;
}

const LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const NETWORK = ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface"];

/** Policies of AWS that CDK attaches: what the copies in its reference say that an auditor's Lambda could need. */
const MANAGED_BY_AWS: Readonly<Record<string, readonly string[]>> = {
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": LOGS,
  "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole": [...LOGS, ...NETWORK.map((action) => `ec2:${action}`)],
};

/**
 * Every role of the template with the statements of its inline policies, of `AWS::IAM::Policy` and of managed policies, in this order.
 * @throws Error for a permissions boundary and for a policy that is not in the template, whose effect cannot be known.
 */
export function collectRoles(template: ResolvedTemplate): Role[] {
  const policies = resourcesOf(template, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy");
  return resourcesOf(template, "AWS::IAM::Role").map((role) => {
    const { id, properties, names } = role;
    if (properties["PermissionsBoundary"] !== undefined) throw new Error(`collect policies: ${id} has a permissions boundary`);
    const trust = readStatementsOfServices(id, properties["AssumeRolePolicyDocument"]);
    const attached = policies.filter((policy) => readList(policy.properties["Roles"] ?? []).includes(names.name));
    return {
      id,
      name: names.name,
      arn: names.arn,
      statements: [
        ...readInline(role),
        ...attached.flatMap((policy) => readStatements(policy.id, policy.properties["PolicyDocument"])),
        ...readList(properties["ManagedPolicyArns"] ?? []).flatMap((arn) => readManaged(arn, policies, id)),
      ],
      isTrusting: (service) =>
        evaluatePolicy(trust.get(service) ?? [], { action: "sts:AssumeRole", resource: names.arn, context: {} }).allowed,
    };
  });
}

function readInline({ id, properties }: ResolvedResource): Statement[] {
  const policies = (properties["Policies"] ?? []) as readonly { readonly PolicyName: string; readonly PolicyDocument: unknown }[];
  return policies.flatMap(({ PolicyName, PolicyDocument }) => readStatements(`${id}.${PolicyName}`, PolicyDocument));
}

function readManaged(arn: string, policies: readonly ResolvedResource[], role: string): Statement[] {
  const own = policies.find(({ names }) => names.ref === arn);
  if (own) return readStatements(own.id, own.properties["PolicyDocument"]);
  const actions = MANAGED_BY_AWS[arn];
  if (!actions) throw new Error(`collect policies: ${role} has ${arn}, whose statements are not known here`);
  const name = arn.split("/").at(-1)!;
  return readStatements(name, { Statement: { Effect: "Allow", Action: actions, Resource: "*" } });
}

/** Conditions of a trust policy (aws:SourceAccount, aws:SourceArn) speak of the service's own account: they are taken as met. */
function readStatementsOfServices(role: string, document: unknown): Map<string, Statement[]> {
  const { Statement: raw } = (document ?? { Statement: [] }) as { readonly Statement: readonly Record<string, unknown>[] };
  const services = new Map<string, Statement[]>();
  for (const [index, statement] of readStatements(`${role}.trust`, { Statement: raw }).entries()) {
    const principal = (raw[index]!["Principal"] ?? {}) as { readonly Service?: unknown };
    for (const service of readList(principal.Service ?? []))
      services.set(service, [...(services.get(service) ?? []), { ...statement, conditions: {} }]);
  }
  return services;
}
