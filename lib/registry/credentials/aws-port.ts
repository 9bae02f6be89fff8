import type { AwsSecret } from "../../watchlist/read/aws-secret.ts";

/** Temporary credentials of a role. */
interface AwsSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface EcrQuestion {
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

/**
 * What credentials ask AWS for. A door binds it to the SDK, which is loaded with the first question. Every method rejects with what the SDK
 * throws, and ends in a bounded time.
 */
export interface AwsPort {
  /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
  getAuthorizationToken(question: EcrQuestion): Promise<EcrAnswer>;
  /** Null if the answer is incomplete. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
  assumeRole(role: string, region: string | null): Promise<AwsSession | null>;
  /**
   * Returns the text of a secret; undefined if it is binary.
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
   */
  getSecret(secret: AwsSecret): Promise<string | undefined>;
}
