import { parseEcrHost } from "../oci/ecr-host.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import { readSecrets, spread, type AwsLocation, type StatementProps } from "./statements.ts";

const ROLE = "ecr:";
/** A role has at most ten policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const STATEMENTS = 10;

/**
 * Returns the permissions to read the registries of a watch list: a token of ECR, which names no repository, pulling from exactly these
 * repositories, and the named roles and secrets. Throws an Error if one role cannot have that many.
 */
export function accessRegistries({ repositories, registries }: WatchList, location: AwsLocation): StatementProps[] {
  const names = repositories.flatMap(({ repository, signatureRepository }) =>
    signatureRepository === null ? [repository] : [repository, signatureRepository],
  );
  const pulled = names.flatMap(({ registry, path }) => {
    const credentials = registries.get(registry)?.credentials ?? null;
    const host = parseEcrHost(registry);
    if (credentials !== "ecr" && (credentials !== null || host === null)) return [];
    const { region, account } = host ?? location;
    return [`arn:${location.partition}:ecr:${region}:${account}:repository/${path}`];
  });
  const settings = [...registries.values()];
  const roles = settings.flatMap(({ credentials }) => (credentials?.startsWith(ROLE) ? [credentials.slice(ROLE.length)] : []));
  const statements = [
    ...(pulled.length === 0
      ? []
      : [
          { sid: "EcrToken", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
          ...spread("EcrPull", ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer", "ecr:ListImages"], pulled),
        ]),
    ...spread("Roles", ["sts:AssumeRole"], roles),
    ...readSecrets(
      settings.flatMap(({ credentials, clientKey }) => [credentials, clientKey]),
      location,
    ),
  ];
  if (statements.length > STATEMENTS)
    throw new Error(
      `the watch list names ${pulled.length} repositories of ECR, ${roles.length} roles and ${settings.length} registries, which is more than one role of AWS can be allowed: deploy several watch lists`,
    );
  return statements;
}
