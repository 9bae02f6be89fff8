import type { AwsSecret } from "../../watchlist/read/aws-secret.ts";
import { SECRET_LIMIT_BYTES } from "../limits.ts";
import type { AwsPort } from "./aws-port.ts";
import { describeAwsFailure } from "./describe-aws-failure.ts";

/** The text of a secret, or why it cannot be obtained, without that text. */
type SecretText = { readonly kind: "text"; readonly text: string } | { readonly kind: "unavailable"; readonly detail: string };

/** Reads a secret of AWS. Never throws. */
export type SecretReader = (secret: AwsSecret) => Promise<SecretText>;

/** Creates a reader that reads each secret once, and keeps the outcome for all later callers. */
export function createSecretReader(aws: Pick<AwsPort, "getSecret">): SecretReader {
  const read = new Map<string, Promise<SecretText>>();
  return (secret) => {
    const known = read.get(secret.id) ?? readSecret(secret, aws);
    read.set(secret.id, known);
    return known;
  };
}

async function readSecret(secret: AwsSecret, aws: Pick<AwsPort, "getSecret">): Promise<SecretText> {
  const unavailable = (detail: string): SecretText => ({ kind: "unavailable", detail: `read the secret ${secret.id}: ${detail}` });
  try {
    const text: unknown = await aws.getSecret(secret);
    if (typeof text !== "string") return unavailable("found no text; store it as SecretString, not binary");
    if (text.trim() === "") return unavailable("it is empty");
    if (Buffer.byteLength(text) > SECRET_LIMIT_BYTES) return unavailable(`it has more than ${SECRET_LIMIT_BYTES} bytes`);
    return { kind: "text", text };
  } catch (error) {
    return unavailable(describeAwsFailure(error, "secretsmanager:GetSecretValue"));
  }
}
