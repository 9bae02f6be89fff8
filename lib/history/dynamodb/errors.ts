import { SealwatchError } from "../../oci/sealwatch-error.ts";
import { HISTORY_TABLE } from "./names.ts";

/** The operation that failed, and the table that it failed on. */
interface Whereabouts {
  readonly table: string;
  readonly region: string | null;
  /** `read` or `write`. */
  readonly operation: string;
}

interface Meaning {
  readonly meaning: string;
  readonly retryable: boolean;
}

/** The fields that the SDK and its transport add to an Error. They are claims: the code looks at each before it uses it. */
interface AwsError extends Error {
  readonly code?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly attempts?: unknown };
  readonly CancellationReasons?: readonly { readonly Code?: string; readonly Message?: string }[];
}

const REFUSED = new Set([
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "ExpiredTokenException",
  "ExpiredToken",
  "InvalidClientTokenId",
  "IncompleteSignatureException",
  "MissingAuthenticationTokenException",
]);
const BUSY = new Set([
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "TransactionConflictException",
  "TransactionInProgressException",
]);
const CONTENTION = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);
const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "EHOSTUNREACH", "ENETUNREACH"]);

/**
 * Turns an error of the SDK into a SealwatchError `history` that names the table and a remedy. Any other error stays as it is.
 * Names: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export function translateError(error: unknown, { table, region, operation }: Whereabouts): unknown {
  if (!(error instanceof Error) || error instanceof SealwatchError) return error;
  const meant = findMeaning(error, table, region);
  if (meant === null) return error;
  const place = `dynamodb://${table}${region === null ? "" : `?region=${region}`}`;
  return new SealwatchError("history", `${operation} the history ${place}: ${meant.meaning}`, { cause: error, retryable: meant.retryable });
}

/** Returns the positions of the actions of a cancelled transaction whose condition was not met; null for any other error. */
export function readLostConditions(error: unknown): readonly number[] | null {
  if (!(error instanceof Error) || error.name !== "TransactionCanceledException") return null;
  const lost = readReasons(error).flatMap((code, at) => (code === "ConditionalCheckFailed" ? [at] : []));
  return lost.length === 0 ? null : lost;
}

/** Whether another transaction used the same items, or the table was at its limit: the SDK retries neither. */
export function isContention(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "TransactionConflictException") return true;
  return error.name === "TransactionCanceledException" && readReasons(error).some((code) => CONTENTION.has(code));
}

/** Returns how often the SDK sent the request that ended in this error. */
export function countAttempts(error: AwsError): number {
  const attempts = error.$metadata?.attempts;
  return typeof attempts === "number" ? attempts : 1;
}

function readReasons(error: AwsError): string[] {
  return (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code);
}

function findMeaning(error: AwsError, table: string, region: string | null): Meaning | null {
  const { name, message } = error;
  const lasting = (meaning: string): Meaning => ({ meaning, retryable: false });
  const passing = (meaning: string): Meaning => ({ meaning, retryable: true });
  if (name === "ResourceNotFoundException") {
    const missing = `the table does not exist${region === null ? "" : ` in region ${region}`}`;
    const remedy = `name another one, or create it and let items expire by ${HISTORY_TABLE.timeToLive}: ${creation(table, region)}`;
    return lasting(`${missing}; ${remedy}`);
  }
  if (name === "AccessDeniedException") return lasting(`AWS does not allow it: ${message}`);
  if (REFUSED.has(name)) return lasting(`AWS does not accept the credentials (${name}); renew them`);
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return lasting(
      `there are no AWS credentials (${message}); set AWS_PROFILE or the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    );
  if (/region is missing/i.test(message))
    return lasting(`no AWS region is set; set AWS_REGION, or name it: dynamodb://${table}?region=eu-central-1`);
  if (BUSY.has(name) || isContention(error))
    return passing(`DynamoDB was too busy for it (${describeBusy(error)}); try again, and look at the table's capacity`);
  if (name === "TimeoutError" || NETWORK.has(String(error.code)))
    return passing(`DynamoDB cannot be reached (${message || String(error.code)}); look at the network and try again`);
  return error.$fault === undefined ? null : { meaning: `${name}: ${message}`, retryable: error.$fault === "server" };
}

function describeBusy(error: AwsError): string {
  return readReasons(error).find((code) => CONTENTION.has(code)) ?? error.name;
}

function creation(table: string, region: string | null): string {
  const { partitionKey, sortKey } = HISTORY_TABLE;
  const place = region === null ? "" : ` --region ${region}`;
  return (
    `aws dynamodb create-table${place} --table-name ${table} --billing-mode PAY_PER_REQUEST` +
    ` --attribute-definitions AttributeName=${partitionKey},AttributeType=S AttributeName=${sortKey},AttributeType=S` +
    ` --key-schema AttributeName=${partitionKey},KeyType=HASH AttributeName=${sortKey},KeyType=RANGE`
  );
}
