import type { EcrPage } from "../../lib/registry/credentials/aws-port.ts";
import type { Imitation } from "./imitation.ts";

const HOST = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";
/** The most that DescribeImages gives. */
const PAGE_SIZE = 1_000;

/** Answers as the API of ECR does, behind the SDK. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
export const ECR: Imitation = {
  registry: HOST,
  path: "prod/app",
  credential: { kind: "basic", username: "AWS", password: "token", aws: { role: null } },
  aws: (content) => ({
    describeImages: (_repository, { nextToken }) => {
      const dates = { mediaType: undefined, pushedAt: undefined, pulledAt: undefined, activatedAt: undefined };
      const images = content().map(({ digest, tags, subject }) => {
        return { digest, tags, subject: subject ?? undefined, status: "ACTIVE", ...dates };
      });
      return Promise.resolve(pageOf(images, Number(nextToken ?? 0)));
    },
    describePullThroughCacheRules: () => Promise.resolve(pageOf<string>([], 0)),
  }),
};

function pageOf<T>(entries: readonly T[], start: number): EcrPage<T> {
  const end = start + PAGE_SIZE;
  return { entries: entries.slice(start, end), nextToken: end < entries.length ? String(end) : undefined };
}
