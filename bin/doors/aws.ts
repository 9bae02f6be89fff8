import type { AwsPort } from "../../lib/registry/credentials/aws-port.ts";
import { createSecretReader, type SecretReader } from "../../lib/registry/credentials/secret-reader.ts";

/** AWS for one run. */
export interface Aws {
  readonly port: AwsPort;
  readonly readSecret: SecretReader;
}

/** Opens AWS with the credentials of the environment. The SDK is loaded with the first question, because most runs have none. */
export function openAws(stopped: AbortSignal): Aws {
  let opened: Promise<AwsPort> | null = null;
  const open = (): Promise<AwsPort> =>
    (opened ??= import("../../lib/registry/credentials/aws-clients.ts").then(({ openAwsCredentials }) => openAwsCredentials(stopped)));
  const port: AwsPort = {
    getAuthorizationToken: async (question) => (await open()).getAuthorizationToken(question),
    getLifecyclePolicy: async (repository, question) => (await open()).getLifecyclePolicy(repository, question),
    describeImages: async (repository, question) => (await open()).describeImages(repository, question),
    describeRepositories: async (question) => (await open()).describeRepositories(question),
    describeImageSigningStatus: async (repository, digest, question) =>
      (await open()).describeImageSigningStatus(repository, digest, question),
    describePullThroughCacheRules: async (question) => (await open()).describePullThroughCacheRules(question),
    assumeRole: async (role, region) => (await open()).assumeRole(role, region),
    getSecret: async (secret) => (await open()).getSecret(secret),
  };
  return { port, readSecret: createSecretReader(port) };
}
