import { evaluatePolicy, type AccessRequest } from "./evaluate-policy.ts";
import { readList } from "./match-pattern.ts";
import { readStatements, type Statement } from "./policy-statement.ts";
import { resourcesOf, type Properties, type ResolvedResource, type ResolvedTemplate } from "./resolve-template.ts";

type Standing = "denied" | "allowed" | "silent";

/** What the policies of buckets, topics, keys and secrets say of a role's request. */
export interface ResourcePolicies {
  /** `silent` leaves it to the role's own policies; a key that does not leave it to them (by naming the account) denies. */
  judge(roleArn: string, request: AccessRequest): { readonly standing: Standing; readonly statement: string | null };
  /** Whether a service of AWS (`events.amazonaws.com`) may do it in its own name: only the resource's policy says. */
  allowsService(service: string, request: AccessRequest): boolean;
}

interface Guarded {
  readonly statement: Statement;
  readonly principals: readonly string[];
  readonly services: readonly string[];
}

export function collectResourcePolicies(template: ResolvedTemplate): ResourcePolicies {
  const root = `arn:aws:iam::${template.place.account}:root`;
  const guards = new Map<string, Guarded[]>();
  const add = (arn: string, policy: ResolvedResource, document: unknown, resource?: string): void => {
    const known = guards.get(arn) ?? [];
    guards.set(arn, [...known, ...readGuarded(policy.id, document, resource)]);
  };
  for (const policy of resourcesOf(template, "AWS::S3::BucketPolicy"))
    add(`arn:aws:s3:::${String(policy.properties["Bucket"])}`, policy, policy.properties["PolicyDocument"]);
  for (const policy of resourcesOf(template, "AWS::SNS::TopicPolicy"))
    for (const topic of readList(policy.properties["Topics"])) add(topic, policy, policy.properties["PolicyDocument"]);
  for (const policy of resourcesOf(template, "AWS::SecretsManager::ResourcePolicy"))
    add(String(policy.properties["SecretId"]), policy, policy.properties["ResourcePolicy"]);
  // In the policy of a key, `*` is the key itself.
  for (const key of resourcesOf(template, "AWS::KMS::Key")) add(key.names.arn, key, key.properties["KeyPolicy"], key.names.arn);

  return {
    allowsService: (service, request) => {
      const guarded = (guards.get(request.resource) ?? []).filter(({ services }) => services.includes(service) || services.includes("*"));
      return evaluatePolicy(
        guarded.map(({ statement }) => statement),
        request,
      ).allowed;
    },
    judge(roleArn, request) {
      const { resource } = request;
      const guarded = guards.get(resource) ?? guards.get(resource.startsWith("arn:aws:s3:::") ? resource.split("/")[0]! : resource) ?? [];
      const about = (names: readonly string[]): Statement[] =>
        guarded.filter(({ principals }) => principals.some((one) => names.includes(one))).map(({ statement }) => statement);
      const all = evaluatePolicy(about([roleArn, root, template.place.account, "*"]), request);
      if (all.why === "explicit-deny") return { standing: "denied", statement: all.statement };
      const direct = evaluatePolicy(about([roleArn, "*"]), request);
      if (direct.allowed) return { standing: "allowed", statement: direct.statement };
      const isKey = resource.includes(":kms:") && guards.has(resource);
      return { standing: isKey && !all.allowed ? "denied" : "silent", statement: null };
    },
  };
}

function readGuarded(policy: string, document: unknown, resource?: string): Guarded[] {
  const raw = (document as { readonly Statement: readonly Properties[] }).Statement;
  return readStatements(policy, document).map((statement, index) => {
    const principal = raw[index]!["Principal"];
    const { AWS: aws, Service: service } = (typeof principal === "string" ? { AWS: principal, Service: principal } : (principal ?? {})) as {
      readonly AWS?: unknown;
      readonly Service?: unknown;
    };
    const selected = resource === undefined ? statement.resource : { patterns: [resource], inverted: false };
    return { statement: { ...statement, resource: selected }, principals: readList(aws ?? []), services: readList(service ?? []) };
  });
}
