import type { AwsPort } from "../../lib/registry/credentials/aws-port.ts";

/** AWS for one run, whose SDK is loaded with the first question: most runs have none. */
export function openAws(stopped: AbortSignal): AwsPort {
  let opened: Promise<AwsPort> | null = null;
  const open = (): Promise<AwsPort> =>
    (opened ??= import("./aws-credentials.ts").then(({ openAwsCredentials }) => openAwsCredentials(stopped)));
  return {
    getAuthorizationToken: async (question) => (await open()).getAuthorizationToken(question),
    assumeRole: async (role, region) => (await open()).assumeRole(role, region),
  };
}
