import { ECR_TOKEN_EARLY_MS, ECR_TOKEN_LIMIT_CHARACTERS, TOKEN_LIFE_LEAST_SECONDS } from "../limits.ts";
import type { EcrAnswer } from "./aws-port.ts";
import type { Credential } from "./credential.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LOGIN = /^AWS:(?<password>[\x21-\x7e]+)$/;

/**
 * Reads what ECR answered at `now`: the base64 of `AWS:password`, and when it ends. Null for anything else. A token that is over already by
 * this machine's clock is kept for a minute: the clock may be wrong, and the registry knows better.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html
 */
export function parseEcrToken({ authorizationToken, expiresAt }: EcrAnswer, now: number): Extract<Credential, { kind: "basic" }> | null {
  if (typeof authorizationToken !== "string" || authorizationToken.length > ECR_TOKEN_LIMIT_CHARACTERS) return null;
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime()) || !BASE64.test(authorizationToken)) return null;
  const password = LOGIN.exec(Buffer.from(authorizationToken, "base64").toString("latin1"))?.groups?.["password"];
  if (password === undefined) return null;
  const renewAt = Math.max(expiresAt.getTime() - ECR_TOKEN_EARLY_MS, now + TOKEN_LIFE_LEAST_SECONDS * 1000);
  return { kind: "basic", username: "AWS", password, renewAt };
}
