import type { AwsSecret } from "../../watchlist/read/aws-secret.ts";

/** Temporary credentials of a role. */
export interface AwsSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface EcrQuestion {
  /** Null for the region of the run. */
  readonly region: string | null;
  /** The account of the registry; null for that of the credentials. */
  readonly registryId: string | null;
  /** Null for the credentials of the run. */
  readonly session: AwsSession | null;
}

/** As the SDK gives it. Either may be missing. */
export interface EcrAnswer {
  readonly authorizationToken: string | undefined;
  readonly expiresAt: Date | undefined;
}

/** A question for one page of a list of ECR. */
export interface EcrPageQuestion extends EcrQuestion {
  /** Null for the first page. */
  readonly nextToken: string | null;
}

/** One page. Its entries are as the SDK gives them: nothing of them is checked. */
export interface EcrPage<T> {
  readonly entries: readonly T[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

/** One image of a repository: any manifest, with a tag or without. */
export interface EcrImage {
  readonly digest: string | undefined;
  readonly tags: readonly string[];
  /** The digest of the manifest that it refers to. */
  readonly subject: string | undefined;
  readonly status: string | undefined;
  readonly mediaType: string | undefined;
  readonly pushedAt: Date | undefined;
  readonly pulledAt: Date | undefined;
  /** When it was restored from the archive. */
  readonly activatedAt: Date | undefined;
}

/** The lifecycle policy of a repository. Nothing of it is checked. */
export interface EcrLifecyclePolicy {
  readonly text: string | undefined;
  /** When ECR last applied it. */
  readonly evaluatedAt: Date | undefined;
}

/** What became of one signing profile's work on an image. As the SDK gives it. */
export interface EcrSigning {
  readonly profile: string | undefined;
  /** `IN_PROGRESS`, `COMPLETE` or `FAILED`. */
  readonly status: string | undefined;
  readonly failure: string | undefined;
}

/**
 * What registries ask AWS for. A door binds it to the SDK, which is loaded with the first question. Every method rejects with what the SDK
 * throws, and ends in a bounded time.
 */
export interface AwsPort {
  /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
  getAuthorizationToken(question: EcrQuestion): Promise<EcrAnswer>;
  /** Lists images of any status. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
  describeImages(repository: string, question: EcrPageQuestion): Promise<EcrPage<EcrImage>>;
  /** Lists names. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html */
  describeRepositories(question: EcrPageQuestion): Promise<EcrPage<string | undefined>>;
  /**
   * Lists the prefixes of repositories that are caches of another registry.
   * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribePullThroughCacheRules.html
   */
  describePullThroughCacheRules(question: EcrPageQuestion): Promise<EcrPage<string | undefined>>;
  /**
   * Returns what managed signing did with an image, for each signing profile.
   * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageSigningStatus.html
   */
  describeImageSigningStatus(repository: string, digest: string, question: EcrQuestion): Promise<readonly EcrSigning[]>;
  /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html */
  getLifecyclePolicy(repository: string, question: EcrQuestion): Promise<EcrLifecyclePolicy>;
  /** Null if the answer is incomplete. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
  assumeRole(role: string, region: string | null): Promise<AwsSession | null>;
  /**
   * Returns the text of a secret; undefined if it is binary.
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
   */
  getSecret(secret: AwsSecret): Promise<string | undefined>;
}
