import { parseEcrHost } from "../oci/ecr-host.ts";
import type { Repository } from "../oci/reference.ts";
import type { RegistrySettings, WatchList } from "../watchlist/watch-list.ts";
import { readSecrets, spread, type AwsLocation, type StatementProps } from "./statements.ts";

const ROLE = "ecr:";
/** A role has at most ten policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const STATEMENTS = 10;

/**
 * What ECR is asked for of each repository: the images, by the registry's protocol, and by its own API all of them with what they name, and
 * what its lifecycle policy will remove.
 */
const PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:ListImages", "ecr:DescribeImages", "ecr:GetLifecyclePolicy"];

/**
 * Returns the permissions to read the registries of a watch list: a token of ECR, which names no repository, pulling from exactly these
 * repositories and from those that patterns match, and the named roles and secrets. Throws an Error if one role cannot have that many.
 */
export function accessRegistries(watchList: WatchList, location: AwsLocation): StatementProps[] {
  const { repositories, patterns, registries } = watchList;
  const names = repositories.flatMap(({ repository, signatureRepository }) =>
    signatureRepository === null ? [repository] : [repository, signatureRepository],
  );
  const others = patterns.flatMap(({ pattern, settings: { signatureRepository } }) => [
    { registry: pattern.registry, path: wildcardsOf(pattern.path) },
    ...(signatureRepository === null ? [] : [signatureRepository]),
  ]);
  const pulled = withoutCovered([...names, ...others].flatMap((one) => arnOf(one, registries, location)));
  const settings = [...registries.values()];
  const roles = rolesOf(settings);
  const statements = [
    ...(pulled.length === 0
      ? []
      : [
          {
            sid: "EcrToken",
            actions: ["ecr:GetAuthorizationToken", "ecr:DescribePullThroughCacheRules"],
            resources: ["*"],
          },
          ...spread("EcrPull", PULL, pulled),
        ]),
    ...spread("Roles", ["sts:AssumeRole"], roles),
    ...secretsOf(settings, location),
  ];
  if (statements.length > STATEMENTS)
    throw new Error(
      `the watch list names ${pulled.length} repositories of ECR, ${roles.length} roles and ${settings.length} registries, which is more than one role of AWS can be allowed: write a pattern such as …/prod/**, or deploy several watch lists`,
    );
  return statements;
}

/** Returns the permissions to list the repositories that patterns match, and to ask one that the list misses. */
export function listRegistries({ patterns, registries }: WatchList, location: AwsLocation): StatementProps[] {
  if (patterns.length === 0) return [];
  const hosts = new Set(patterns.map(({ pattern }) => pattern.registry));
  const listed = [...hosts].flatMap((registry) => arnOf({ registry, path: "*" }, registries, location));
  const settings = [...registries.values()].filter(({ host }) => hosts.has(host));
  return [
    ...(listed.length === 0 ? [] : [{ sid: "EcrToken", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] }]),
    ...spread("EcrList", ["ecr:DescribeRepositories", "ecr:ListImages", "ecr:DescribeImages"], listed),
    ...spread("Roles", ["sts:AssumeRole"], rolesOf(settings)),
    ...secretsOf(settings, location),
  ];
}

/** Returns the ARN of a repository that the function's own role reads, or nothing. */
function arnOf(
  { registry, path }: Pick<Repository, "registry" | "path">,
  registries: WatchList["registries"],
  { partition, ...location }: AwsLocation,
): string[] {
  const credentials = registries.get(registry)?.credentials ?? null;
  const host = parseEcrHost(registry);
  if (credentials !== "ecr" && (credentials !== null || host === null)) return [];
  const { region, account } = host ?? location;
  return [`arn:${partition}:ecr:${region}:${account}:repository/${path}`];
}

/** Writes a pattern as IAM does, for which `*` is any characters: it allows what the pattern matches, and maybe more. */
function wildcardsOf(path: string): string {
  return path.replace(/\*+/g, "*");
}

/** Leaves out what a pattern that ends in `*` allows anyway, so that many names need no room. */
function withoutCovered(arns: readonly string[]): string[] {
  const prefixes = arns.filter((arn) => /^[^*?]*\*$/.test(arn)).map((arn) => arn.slice(0, -1));
  return arns.filter((arn) => !prefixes.some((prefix) => arn.startsWith(prefix) && arn !== `${prefix}*`));
}

function rolesOf(settings: readonly RegistrySettings[]): string[] {
  return settings.flatMap(({ credentials }) => (credentials?.startsWith(ROLE) ? [credentials.slice(ROLE.length)] : []));
}

function secretsOf(settings: readonly RegistrySettings[], location: AwsLocation): StatementProps[] {
  return readSecrets(
    settings.flatMap(({ credentials, clientKey }) => [credentials, clientKey]),
    location,
  );
}
