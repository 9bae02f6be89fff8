import type { AwsPort, EcrAnswer } from "./aws-port.ts";
import type { Credential } from "./credential.ts";
import { describeAwsFailure } from "./describe-aws-failure.ts";
import { ECR_PUBLIC, parseEcrHost } from "../../oci/ecr-host.ts";
import { ECR_TOKEN_EARLY_MS, ECR_TOKEN_LIMIT_CHARACTERS, TOKEN_LIFE_LEAST_SECONDS } from "../limits.ts";

/** What an ECR login needs. */
export interface EcrSurroundings {
  readonly aws: Pick<AwsPort, "getAuthorizationToken" | "assumeRole">;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Loads the login of a registry of ECR: a token for the account and region in its name or, for any other name, those of the run. With a
 * role, the role asks. Any failure is `unavailable`, in words without a secret.
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
    return credential === null ? unavailable(`${action} gave no token that can be used`) : { ...credential, aws: { role } };
  } catch (error) {
    const detail = describeAwsFailure(error, action);
    return unavailable(role !== null && action === "sts:AssumeRole" ? `take the role ${role}: ${detail}` : detail);
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LOGIN = /^AWS:(?<password>[\x21-\x7e]+)$/;

/**
 * Parses what ECR answered at `now`: the base64 of `AWS:password`, and when it ends. Null for anything else. A token that is already over
 * by this machine's clock is kept for a minute: the clock may be wrong, and the registry knows better.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html
 */
function parseEcrToken({ authorizationToken, expiresAt }: EcrAnswer, now: number): Extract<Credential, { kind: "basic" }> | null {
  if (typeof authorizationToken !== "string" || authorizationToken.length > ECR_TOKEN_LIMIT_CHARACTERS) return null;
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime()) || !BASE64.test(authorizationToken)) return null;
  const password = LOGIN.exec(Buffer.from(authorizationToken, "base64").toString("latin1"))?.groups?.["password"];
  if (password === undefined) return null;
  const renewAt = Math.max(expiresAt.getTime() - ECR_TOKEN_EARLY_MS, now + TOKEN_LIFE_LEAST_SECONDS * 1000);
  return { kind: "basic", username: "AWS", password, renewAt };
}
