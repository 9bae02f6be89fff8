import type { AwsPort, EcrAnswer } from "../../lib/registry/credentials/aws-port.ts";

/** A token is good for 12 hours; one that ends within so long is asked for anew. */
const EARLY_MILLISECONDS = 30 * 60_000;

/** Kept for the calls that one process serves: a run asks for a token a process, and not one a repository. */
const answers = new Map<string, EcrAnswer>();

/** The port, with ECR's tokens for the function's own role remembered. Those of other roles are asked for each time. */
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
