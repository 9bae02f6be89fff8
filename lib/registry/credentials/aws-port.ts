import type { AwsSecret } from "../../watchlist/read/aws-secret.ts";

/** Temporary credentials of a role. */
interface AwsSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface EcrQuestion {
  /** Null: wherever the run is. */
  readonly region: string | null;
  /** Account of the registry; null: that of the credentials. */
  readonly registryId: string | null;
  /** Null: the credentials of the run. */
  readonly session: AwsSession | null;
}

/** As the SDK gives them; neither is trusted to be there. */
export interface EcrAnswer {
  readonly authorizationToken: string | undefined;
  readonly expiresAt: Date | undefined;
}

/**
 * What credentials ask AWS for. A door binds it to the SDK, which it loads with the first question; every method rejects with what the SDK
 * throws, and ends in a bounded time.
 */
export interface AwsPort {
  /** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
  getAuthorizationToken(question: EcrQuestion): Promise<EcrAnswer>;
  /** Null where the answer is not whole. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
  assumeRole(role: string, region: string | null): Promise<AwsSession | null>;
  /** The text of a secret; undefined where it is binary. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
  getSecret(secret: AwsSecret): Promise<string | undefined>;
}
