import type { AwsPort, EcrAnswer } from "../../lib/registry/credentials/aws-port.ts";

/** A token lasts 12 hours. One that ends within this time is requested again. */
const EARLY_MILLISECONDS = 30 * 60_000;

/** Kept for all calls of one process, so that a run asks for one token for each process and not for each repository. */
const answers = new Map<string, EcrAnswer>();

/** Wraps a port so that it remembers ECR's tokens for the function's own role. Tokens for other roles are requested each time. */
export function rememberTokens(aws: AwsPort, now: () => number): AwsPort {
  return {
    ...aws,
    async getAuthorizationToken(question) {
      if (question.session !== null) return aws.getAuthorizationToken(question);
      const name = `${question.region ?? ""} ${question.registryId ?? ""}`;
      const known = answers.get(name);
      if (known?.expiresAt !== undefined && known.expiresAt.getTime() - EARLY_MILLISECONDS > now()) return known;
      const answer = await aws.getAuthorizationToken(question);
      answers.set(name, answer);
      return answer;
    },
  };
}
