import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import type { SecretReader } from "../../lib/registry/credentials/secret-reader.ts";
import { parseAwsSecret } from "../../lib/watchlist/read/aws-secret.ts";

/**
 * The text behind `awssecret:///NAME`; any other text as it is written. A function has no files and no variables of its own: the deployment
 * refuses a watch list that names some.
 * @throws SealwatchError `credentials`, which begins with `where` it stands and never holds the secret.
 */
export async function resolveSecret(reference: string, where: string, readSecret: SecretReader): Promise<string> {
  const secret = parseAwsSecret(reference);
  if (secret === null) return reference;
  const read = await readSecret(secret);
  if (read.kind === "unavailable") throw new SealwatchError("credentials", `${where}: ${read.detail}`);
  return read.text;
}
