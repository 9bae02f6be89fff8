import { parseEcrHost } from "../../oci/ecr-host.ts";
import type { Failed, FailureCode } from "../answer.ts";
import { failWith } from "../fail.ts";
import { ECR_SESSION_LIFE_MS } from "../limits.ts";
import type { AwsPort, AwsSession, EcrImage, EcrLifecyclePolicy, EcrPage, EcrPageQuestion, EcrQuestion, EcrSigning } from "./aws-port.ts";
import { describeAwsFailure } from "./describe-aws-failure.ts";

/** The lists of one registry of ECR, page by page; `after` is the token of the page before, or null. They never throw. */
export interface EcrLists {
  images(repository: string, after: string | null): Promise<EcrPage<EcrImage> | Failed>;
  /** The names of repositories. */
  repositories(after: string | null): Promise<EcrPage<string | undefined> | Failed>;
  /** What managed signing did with an image. */
  signings(repository: string, digest: string): Promise<readonly EcrSigning[] | Failed>;
  /** The prefixes under which repositories are caches of another registry. */
  pullThroughPrefixes(after: string | null): Promise<EcrPage<string | undefined> | Failed>;
  /** The lifecycle policy of a repository; null if it has none. */
  lifecyclePolicy(repository: string): Promise<EcrLifecyclePolicy | Failed | null>;
}

interface EcrListSurroundings {
  readonly aws: AwsPort;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Opens the lists of the registry of this name for the run's own identity or, if one is given, for a role. What AWS refuses is a failure:
 * status 403 if these credentials may not ask, 404 if the repository does not exist. Its words contain nothing that AWS sent.
 */
export function openEcrLists(registry: string, role: string | null, { aws, now }: EcrListSurroundings): EcrLists {
  const host = parseEcrHost(registry);
  const region = host?.region ?? null;
  let taken: { readonly session: Promise<AwsSession | null>; readonly until: number } | null = null;
  /** A role is taken once for many pages, and again before its session ends. */
  const takeRole = (name: string): Promise<AwsSession | null> => {
    if (taken === null || now() >= taken.until) taken = { session: aws.assumeRole(name, region), until: now() + ECR_SESSION_LIFE_MS };
    return taken.session;
  };
  const ask = async <T>(action: string, send: (question: EcrQuestion) => Promise<T>): Promise<T | Failed> => {
    let asked = "sts:AssumeRole";
    try {
      const session = role === null ? null : await takeRole(role);
      if (role !== null && session === null) return fail(registry, new Error("no credentials"), asked);
      asked = action;
      return await send({ region, registryId: host?.account ?? null, session });
    } catch (error) {
      taken = null;
      return fail(registry, error, asked);
    }
  };
  const askPage = <T>(action: string, nextToken: string | null, send: (question: EcrPageQuestion) => Promise<EcrPage<T>>) =>
    ask(action, (question) => send({ ...question, nextToken }));
  return {
    images: (repository, after) => askPage("ecr:DescribeImages", after, (question) => aws.describeImages(repository, question)),
    repositories: (after) => askPage("ecr:DescribeRepositories", after, (question) => aws.describeRepositories(question)),
    signings: (repository, digest) =>
      ask("ecr:DescribeImageSigningStatus", (question) => aws.describeImageSigningStatus(repository, digest, question)),
    pullThroughPrefixes: (after) =>
      askPage("ecr:DescribePullThroughCacheRules", after, (question) => aws.describePullThroughCacheRules(question)),
    lifecyclePolicy: (repository) => ask("ecr:GetLifecyclePolicy", (question) => readPolicy(aws, repository, question)),
  };
}

async function readPolicy(aws: AwsPort, repository: string, question: EcrQuestion): Promise<EcrLifecyclePolicy | null> {
  try {
    return await aws.getLifecyclePolicy(repository, question);
  } catch (error) {
    if (error instanceof Error && error.name === "LifecyclePolicyNotFoundException") return null;
    throw error;
  }
}

const STATUSES: readonly (readonly [RegExp, number, FailureCode])[] = [
  [/^(?:AccessDenied|Forbidden|NotAuthorized)/, 403, "forbidden"],
  [/^RepositoryNotFound/, 404, "not-found"],
  [/^(?:Throttling|TooManyRequests|RequestLimitExceeded|LimitExceeded)/, 429, "throttled"],
];

function fail(registry: string, error: unknown, action: string): Failed {
  const name = error instanceof Error ? error.name : "";
  const known = STATUSES.find(([pattern]) => pattern.test(name));
  return failWith(known?.[2] ?? "unauthorized", `ask ${registry}`, describeAwsFailure(error, action), known?.[1] ?? null, 1);
}
