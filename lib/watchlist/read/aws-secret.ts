/** A secret of AWS Secrets Manager, by name or ARN. */
export interface AwsSecret {
  readonly id: string;
  /** The region of the ARN; null for a name, which is in the region of the run. */
  readonly region: string | null;
}

const REFERENCE =
  /^awssecret:\/\/\/(?<id>(?:arn:aws(?:-[a-z]+)*:secretsmanager:(?<region>[a-z]{2,}(?:-[a-z]+)+-\d{1,2}):\d{12}:secret:)?[\w/+=.@-]{1,512})$/;

/**
 * Parses `awssecret:///NAME`; NAME may be an ARN. Returns null for any other text.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html (SecretId)
 */
export function parseAwsSecret(reference: string): AwsSecret | null {
  const groups = REFERENCE.exec(reference)?.groups;
  return groups ? { id: groups["id"]!, region: groups["region"] ?? null } : null;
}
