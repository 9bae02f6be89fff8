import type { AwsPort } from "./aws-port.ts";
import type { Credential } from "./credential.ts";
import { describeAwsFailure } from "./describe-aws-failure.ts";
import { ECR_PUBLIC, parseEcrHost } from "../../oci/ecr-host.ts";
import { parseEcrToken } from "./parse-ecr-token.ts";

/** What an ECR login stands on. */
export interface EcrSurroundings {
  readonly aws: Pick<AwsPort, "getAuthorizationToken" | "assumeRole">;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * The login of a registry of ECR: a token for the account and the region that its name tells, for another name those of the run. With a
 * role, that one asks. Whatever goes wrong is `unavailable`, in words without a secret.
 */
export async function loadEcrCredential(registry: string, role: string | null, { aws, now }: EcrSurroundings): Promise<Credential> {
  const unavailable = (detail: string): Credential => ({ kind: "unavailable", detail: `log in to ECR: ${detail}` });
  if (registry === ECR_PUBLIC) return unavailable(`${ECR_PUBLIC} needs no login; write anonymous, or docker`);
  const host = parseEcrHost(registry);
  const region = host?.region ?? null;
  let action = "sts:AssumeRole";
  try {
    const session = role === null ? null : await aws.assumeRole(role, region);
    if (role !== null && session === null) return unavailable(`${action} gave no credentials`);
    action = "ecr:GetAuthorizationToken";
    const question = { region, registryId: host?.account ?? null, session };
    const credential = parseEcrToken(await aws.getAuthorizationToken(question), now());
    return credential ?? unavailable(`${action} gave no token that can be used`);
  } catch (error) {
    const detail = describeAwsFailure(error, action);
    return unavailable(role !== null && action === "sts:AssumeRole" ? `take the role ${role}: ${detail}` : detail);
  }
}
