import { parseEcrHost } from "../oci/ecr-host.ts";
import type { WatchList } from "../watchlist/watch-list.ts";
import { readSecrets, type Place, type StatementProps } from "./statements.ts";

const ROLE = "ecr:";

/**
 * What reading the registries of a watch list needs of AWS: a token of ECR and pulling from just these repositories, the roles and the
 * secrets that it names. A role has its own permissions; a token names no repository.
 */
export function accessRegistries({ repositories, registries }: WatchList, place: Place): StatementProps[] {
  const names = repositories.flatMap(({ repository, signatureRepository }) =>
    signatureRepository === null ? [repository] : [repository, signatureRepository],
  );
  const pulled = names.flatMap(({ registry, path }) => {
    const credentials = registries.get(registry)?.credentials ?? null;
    const host = parseEcrHost(registry);
    if (credentials !== "ecr" && (credentials !== null || host === null)) return [];
    const { region, account } = host ?? place;
    return [`arn:${place.partition}:ecr:${region}:${account}:repository/${path}`];
  });
  const settings = [...registries.values()];
  const roles = settings.flatMap(({ credentials }) => (credentials?.startsWith(ROLE) ? [credentials.slice(ROLE.length)] : []));
  return [
    ...(pulled.length === 0
      ? []
      : [
          { sid: "EcrToken", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
          ...chunk([...new Set(pulled)]).map((resources, at) => ({
            sid: at === 0 ? "EcrPull" : `EcrPull${at + 1}`,
            actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:ListImages"],
            resources,
          })),
        ]),
    ...(roles.length === 0 ? [] : [{ sid: "Roles", actions: ["sts:AssumeRole"], resources: [...new Set(roles)] }]),
    ...readSecrets(
      settings.flatMap(({ credentials, clientKey }) => [credentials, clientKey]),
      place,
    ),
  ];
}

/**
 * A policy holds 6,144 characters, a role ten of them, and statements are what they are cut at:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const STATEMENT_CHARACTERS = 5500;
const STATEMENTS = 10;

function chunk(resources: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let characters = Infinity;
  for (const resource of resources) {
    // In quotes, with a comma.
    const more = resource.length + 3;
    if (characters + more > STATEMENT_CHARACTERS) {
      chunks.push([]);
      characters = 0;
    }
    chunks.at(-1)!.push(resource);
    characters += more;
  }
  if (chunks.length > STATEMENTS)
    throw new Error(
      `the watch list names ${resources.length} repositories of ECR, and a role may name about ${STATEMENTS * Math.floor(resources.length / chunks.length)}: deploy two watch lists`,
    );
  return chunks;
}
