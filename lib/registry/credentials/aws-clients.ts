import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsPort } from "./aws-port.ts";

/** The SDK waits for ever unless told otherwise; these answers are a few KiB. */
const TIMEOUTS = { connectionTimeout: 3000, requestTimeout: 5000, throwOnRequestTimeout: true } as const;
const ATTEMPTS = 4;
/** Every attempt, its wait, and looking for credentials, which has no bound of its own. */
const BOUND_MS = 30_000;
/** The same for who has stopped the run, and only tells of it. */
const LAST_BOUND_MS = 5000;
/** How the role's account sees who came. */
const SESSION = "sealwatch";

/**
 * AWS with the credentials of the environment. This module loads the SDK, so that only who needs it imports it, and does so as a whole: of a
 * CommonJS package that is imported by itself at run time, the bundler gives no names.
 */
export function openAwsCredentials(stopped: AbortSignal): AwsPort {
  const settingsFor = (region: string | null) => ({ maxAttempts: ATTEMPTS, requestHandler: TIMEOUTS, ...(region !== null && { region }) });
  return {
    async getAuthorizationToken({ region, registryId, session }) {
      const client = new ECRClient({ ...settingsFor(region), ...(session !== null && { credentials: session }) });
      const command = new GetAuthorizationTokenCommand(registryId === null ? {} : { registryIds: [registryId] });
      const { authorizationData } = await ask(client, stopped, (abortSignal) => client.send(command, { abortSignal }));
      const [data] = authorizationData ?? [];
      return { authorizationToken: data?.authorizationToken, expiresAt: data?.expiresAt };
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

/** One question of a client that is closed behind it. It ends in time, even where the SDK hears no signal. */
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
