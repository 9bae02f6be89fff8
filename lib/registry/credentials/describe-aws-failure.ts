/** The words of an error that may be shown: others could contain anything. */
const SHOWN = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const MISSING_REGION = /region is missing/i;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html and those of ECR and STS */
const MEANINGS: readonly (readonly [RegExp, (action: string) => string])[] = [
  [/^(?:CredentialsProvider|TokenProvider)/, () => "found no AWS credentials; set AWS_PROFILE, or give this machine a role"],
  [/^(?:ExpiredToken|RequestExpired)/, () => "the AWS credentials have expired; renew them"],
  [/^(?:AccessDenied|Forbidden|NotAuthorized)/, (action) => `AWS denied it; allow these credentials ${action}`],
  [
    /^(?:InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken)/,
    () => "the AWS credentials are refused; renew them",
  ],
  [/^(?:Throttling|TooManyRequests|RequestLimitExceeded|LimitExceeded)/, () => "AWS throttled every attempt"],
  [/^ResourceNotFound/, () => "it does not exist in that account and region"],
  [/^DecryptionFailure/, () => "it cannot be decrypted; allow these credentials kms:Decrypt on its key"],
  [/^InvalidRequest/, () => "it cannot be read now; it may be about to be deleted"],
  [/^(?:Timeout|Abort)/, () => "AWS did not answer in time"],
];

/**
 * Describes why AWS did not do `action` (`ecr:GetAuthorizationToken`), only by the name of what the SDK threw: the message may contain what
 * was sent, or what somebody else answered.
 */
export function describeAwsFailure(error: unknown, action: string): string {
  if (!(error instanceof Error)) return `${action} failed`;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(error.name));
  if (meaning) return meaning[1](action);
  if (MISSING_REGION.test(error.message)) return "found no AWS region; set AWS_REGION";
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return `${action} failed${SHOWN.test(code) ? ` (${code})` : ""}`;
}
