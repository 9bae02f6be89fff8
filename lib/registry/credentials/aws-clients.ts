import {
  DescribeImageSigningStatusCommand,
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsPort, EcrPageQuestion, EcrQuestion } from "./aws-port.ts";

/** The SDK waits forever unless told otherwise; these answers have a few KiB. */
const TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 5000, throwOnRequestTimeout: true } as const;
const ATTEMPTS = 4;
/** For all attempts with their waits, and for finding credentials, which has no bound of its own. */
const BOUND_MS = 30_000;
/** The same after the run was stopped, when it only reports that. */
const LAST_BOUND_MS = 5000;
/** The most that ECR gives in one page of any list. */
const PAGE_SIZE = 1000;
/** The name under which the role's account sees the session. */
const SESSION = "sealwatch";

/**
 * Opens AWS with the credentials of the environment. This module loads the SDK, so import it only if it is needed. It imports each package
 * statically, because the bundler finds no names in a CommonJS package that is imported at run time.
 */
export function openAwsCredentials(stopped: AbortSignal): AwsPort {
  const settingsFor = (region: string | null) => ({ maxAttempts: ATTEMPTS, requestHandler: TIMEOUTS, ...(region !== null && { region }) });
  const newEcr = ({ region, session }: EcrQuestion) =>
    new ECRClient({ ...settingsFor(region), ...(session !== null && { credentials: session }) });
  return {
    async getAuthorizationToken(question) {
      const { registryId } = question;
      const client = newEcr(question);
      const command = new GetAuthorizationTokenCommand(registryId === null ? {} : { registryIds: [registryId] });
      const { authorizationData } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      const [data] = authorizationData ?? [];
      return { authorizationToken: data?.authorizationToken, expiresAt: data?.expiresAt };
    },
    async describeImages(repositoryName, question) {
      const client = newEcr(question);
      const command = new DescribeImagesCommand({ repositoryName, filter: { imageStatus: "ANY" }, ...pageOf(question) });
      const { imageDetails, nextToken } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      const entries = (imageDetails ?? []).map((image) => ({
        digest: image.imageDigest,
        tags: image.imageTags ?? [],
        subject: image.subjectManifestDigest,
        status: image.imageStatus,
        mediaType: image.imageManifestMediaType,
        pushedAt: image.imagePushedAt,
        pulledAt: image.lastRecordedPullTime,
        activatedAt: image.lastActivatedAt,
      }));
      return { entries, nextToken };
    },
    async describeRepositories(question) {
      const client = newEcr(question);
      const command = new DescribeRepositoriesCommand(pageOf(question));
      const { repositories, nextToken } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      return { entries: (repositories ?? []).map(({ repositoryName }) => repositoryName), nextToken };
    },
    async describePullThroughCacheRules(question) {
      const client = newEcr(question);
      const command = new DescribePullThroughCacheRulesCommand(pageOf(question));
      const { pullThroughCacheRules, nextToken } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      return { entries: (pullThroughCacheRules ?? []).map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix), nextToken };
    },
    async describeImageSigningStatus(repositoryName, imageDigest, question) {
      const client = newEcr(question);
      const command = new DescribeImageSigningStatusCommand({ repositoryName, imageId: { imageDigest }, ...accountOf(question) });
      const { signingStatuses } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      return (signingStatuses ?? []).map(({ signingProfileArn: profile, status, failureReason: failure }) => ({
        profile,
        status,
        failure,
      }));
    },
    async getLifecyclePolicy(repositoryName, question) {
      const client = newEcr(question);
      const command = new GetLifecyclePolicyCommand({ repositoryName, ...accountOf(question) });
      const { lifecyclePolicyText, lastEvaluatedAt } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      return { text: lifecyclePolicyText, evaluatedAt: lastEvaluatedAt };
    },
    async assumeRole(role, region) {
      const client = new STSClient(settingsFor(region));
      const command = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: SESSION });
      const { Credentials: given } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = given ?? {};
      return accessKeyId && secretAccessKey && sessionToken ? { accessKeyId, secretAccessKey, sessionToken } : null;
    },
    async getSecret({ id, region }) {
      const client = new SecretsManagerClient(settingsFor(region));
      const command = new GetSecretValueCommand({ SecretId: id });
      return (await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }))).SecretString;
    },
  };
}

function pageOf(question: EcrPageQuestion) {
  const { nextToken } = question;
  return { maxResults: PAGE_SIZE, ...accountOf(question), ...(nextToken !== null && { nextToken }) };
}

function accountOf({ registryId }: EcrQuestion) {
  return registryId === null ? {} : { registryId };
}

/** Sends one request, and closes the client behind it. It ends in time even if the SDK ignores the signal. */
async function ask<T>(client: { destroy(): void }, stopped: AbortSignal, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = stopped.aborted ? AbortSignal.timeout(LAST_BOUND_MS) : AbortSignal.any([stopped, AbortSignal.timeout(BOUND_MS)]);
  const ended = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => ended.reject(signal.reason), { once: true });
  try {
    return await Promise.race([send(signal), ended.promise]);
  } finally {
    client.destroy();
  }
}
